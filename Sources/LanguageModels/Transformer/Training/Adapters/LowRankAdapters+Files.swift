import Compute
import FoundationEssentials
import Support

/// Adapters as the files of Hugging Face's PEFT library, which loads them beside the base model.
extension LowRankAdapters {
    private static let configurationFile = "adapter_config.json"
    private static let weightsFile = "adapter_model.safetensors"
    private static let prefix = "base_model.model."

    /// `adapter_config.json` and `adapter_model.safetensors`.
    package func files() -> [String: [UInt8]] {
        let tensors = layout.adapters.flatMap { adapter in
            layout.factors(of: adapter).map { factor in
                let values = Buffer<Float>(count: factor.shape[0] * factor.shape[1])
                values.base.update(from: factors.base + factor.offset, count: values.count)
                return ArrayFile.Entry(
                    Self.prefix + factor.name, shape: factor.shape, SharedBuffer(values))
            }
        }
        return [
            Self.configurationFile: description,
            Self.weightsFile: ArrayFile(tensors, metadata: [("format", "pt")]).serialized,
        ]
    }

    private var description: [UInt8] {
        let isTransposed = layout.adapters.contains { !$0.isRowPerOutput }
        let value: JSONValue = .object([
            "base_model_name_or_path": .null, "bias": .text("none"),
            "fan_in_fan_out": .bool(isTransposed), "inference_mode": .bool(true),
            "lora_alpha": .real(configuration.alpha), "lora_dropout": .real(0),
            "peft_type": .text("LORA"), "r": .integer(configuration.rank),
            "target_modules": .array(layout.adapters.map { .text($0.module) }),
            "task_type": .text("CAUSAL_LM"),
        ])
        return JSONWriter.write(value, .membersOnLines) + [UInt8(ascii: "\n")]
    }

    private struct Description: Decodable {
        var peft_type: String
        var r: Int
        var lora_alpha: Double
        var target_modules: [String]
    }

    /// Adapters of `base` from the files that ``files()`` gives, or that PEFT wrote; `folder` is
    /// what to call their folder in an error, empty for none.
    package convenience init(
        reading files: [String: [UInt8]], for base: TransformerModel, folder: String = ""
    ) throws(TransformerError) {
        let index = folder.isEmpty ? "" : folder + "/"
        func problem(_ file: String, _ text: String) -> TransformerError {
            TransformerError(.checkpoint(file: index + file, tensor: nil, problem: text))
        }
        func content(_ name: String) throws(TransformerError) -> [UInt8] {
            guard let bytes = files[name] else {
                throw problem(
                    name,
                    "is missing: adapters need \(Self.configurationFile) and \(Self.weightsFile)")
            }
            return bytes
        }
        let found: Description
        do {
            found = try JSONDecoder().decode(
                Description.self, from: Data(try content(Self.configurationFile)))
        } catch let error as TransformerError {
            throw error
        } catch {
            throw problem(
                Self.configurationFile,
                "is not the JSON of low-rank adapters: it needs peft_type, r, lora_alpha and "
                    + "target_modules")
        }
        guard found.peft_type == "LORA", found.r > 0, found.lora_alpha > 0 else {
            throw problem(
                Self.configurationFile,
                "has peft_type \(found.peft_type), r \(found.r) and lora_alpha \(found.lora_alpha); "
                    + "only LORA with positive numbers can be read")
        }
        let configuration = AdapterConfiguration(
            rank: found.r, alpha: found.lora_alpha, targets: found.target_modules)
        let layout: AdapterLayout
        do {
            layout = try AdapterLayout(configuration, of: base.configuration)
        } catch {
            throw problem(Self.configurationFile, "does not fit the base model: \(error)")
        }
        let weights = try ArrayFile(
            serialized: try content(Self.weightsFile), file: index + Self.weightsFile)
        let factors = Buffer<Float>(count: layout.count)
        for adapter in layout.adapters {
            for factor in layout.factors(of: adapter) {
                let values = try weights.values(Self.prefix + factor.name, shape: factor.shape)
                (factors.base + factor.offset).update(from: values.base, count: values.count)
            }
        }
        self.init(configuration, layout: layout, factors: SharedBuffer(factors))
    }
}
