import Support
import Text

/// What lies in a folder that is taken for a model's. Where it is something else, errors say what,
/// as far as names and first bytes tell.
struct ModelFolderContents {
    private let path: String
    private let names: [String]

    /// - Throws: ``TransformerError`` where the path is not that of a folder; `FileError`.
    init(_ path: String) throws {
        self.path = path
        guard FileSystem.isFolder(path) else {
            throw Self.problem(
                FileSystem.exists(path)
                    ? "is a file: give the folder of a model, with \(Self.needed) in it"
                    : "is missing: there is no such folder", path)
        }
        names = try FileSystem.names(in: path)
    }

    private static let needed =
        "\(TransformerFiles.configurationFile) and \(TransformerFiles.weightsFile)"

    // MARK: A model's files

    /// Reads `config.json`.
    func configuration() throws -> ConfigurationFile {
        let file = path + "/" + TransformerFiles.configurationFile
        guard let bytes = try FileSystem.read(file) else {
            let hasWeights =
                names.contains(TransformerFiles.weightsFile)
                || names.contains(SafetensorsIndex.name)
            throw hasWeights && !FileSystem.isLink(file)
                ? TransformerFiles.missing(file) : absence(of: file)
        }
        return try ConfigurationFile.read(bytes, file: file)
    }

    /// Opens the weights, of one file or several.
    func weights() throws -> StoredWeights {
        guard let index = try index() else {
            return try StoredWeights(path + "/" + TransformerFiles.weightsFile)
        }
        return try StoredWeights(index, in: path)
    }

    /// The names of the model's files: the configuration, then the weights, and their index where
    /// they are several files.
    func modelFiles() throws -> [String] {
        _ = try configuration()
        let weights = try index().map { [SafetensorsIndex.name] + $0.shards }
        return [TransformerFiles.configurationFile] + (weights ?? [TransformerFiles.weightsFile])
    }

    /// The index of the weights' files; nil where they are one file, which needs none.
    private func index() throws -> SafetensorsIndex? {
        let file = path + "/" + TransformerFiles.weightsFile
        if FileSystem.exists(file) { return nil }
        let index = path + "/" + SafetensorsIndex.name
        guard let bytes = try FileSystem.read(index) else { throw absence(of: file) }
        return try SafetensorsIndex(bytes, file: index)
    }

    // MARK: What lies there instead

    private func absence(of file: String) -> TransformerError {
        if FileSystem.isLink(file) { return Self.brokenLink(file) }
        if let found = adapter ?? shard ?? otherWeights ?? nestedModel {
            return Self.problem(found.problem, path + "/" + found.name)
        }
        if names.isEmpty {
            return Self.problem("is empty: a model needs \(Self.needed)", path)
        }
        if !names.contains(TransformerFiles.configurationFile),
            names.contains(where: Self.tokenizerFiles.contains)
        {
            return Self.problem(
                "holds a tokenizer and no model: a model needs \(Self.needed)", path)
        }
        return TransformerFiles.missing(file)
    }

    private static func brokenLink(_ file: String) -> TransformerError {
        problem("is a link that leads nowhere: download the model again", file)
    }

    private typealias Finding = (name: String, problem: String)

    private var adapter: Finding? {
        let configuration = "adapter_config.json"
        guard let name = names.first(where: { $0.hasPrefix("adapter_") }) else { return nil }
        let bytes = (try? FileSystem.read(path + "/" + configuration)) ?? []
        let base = (try? JSONReader.read(bytes))?["base_model_name_or_path"]?.text
        return (
            names.contains(configuration) ? configuration : name,
            "belongs to an adapter" + (base.map { " of \($0)" } ?? "")
                + ", not to a whole model: merge it into its base (merge_and_unload of peft) and "
                + "save the result"
        )
    }

    private var shard: Finding? {
        names.first { $0.hasPrefix("model-") && $0.hasSuffix(Self.safetensors) }.map {
            (
                $0,
                "is a part of the weights, but \(SafetensorsIndex.name), which names the parts, is "
                    + "missing: download it, too"
            )
        }
    }

    private static let safetensors = ".safetensors"

    /// Weights in a form that cannot be read, the one that is easiest to convert first.
    private var otherWeights: Finding? {
        let save = "AutoModelForCausalLM.from_pretrained(...).save_pretrained(...) of transformers"
        let kinds: [(endings: [String], problem: String)] = [
            (
                [Self.safetensors],
                "is not the name of a model's weights: call them \(TransformerFiles.weightsFile)"
            ),
            (
                [".bin", ".bin.index.json", ".pt", ".pth", ".ckpt", ".pkl"],
                "is a pickle, which can run code: convert it to safetensors with \(save), or with "
                    + "save_model of safetensors.torch"
            ),
            (
                [".gguf"],
                "is a GGUF model, which is not supported: take the safetensors files that it was "
                    + "made of"
            ),
            (
                [".h5", ".msgpack", ".onnx"],
                "is of another framework: convert it to safetensors with \(save)"
            ),
        ]
        for kind in kinds {
            let found = names.first { name in
                kind.endings.contains { name.hasSuffix($0) } && !Self.isOfTraining(name)
            }
            if let found { return (found, kind.problem) }
        }
        return nil
    }

    /// What trainers write beside the weights.
    private static func isOfTraining(_ name: String) -> Bool {
        ["training_args", "optimizer", "scheduler", "rng_state", "scaler"].contains {
            name.hasPrefix($0)
        }
    }

    /// A model one or two folders deeper, as in the cache of a hub or the folder of a training.
    private var nestedModel: Finding? {
        for first in names {
            let folders =
                [first]
                + ((try? FileSystem.namesIfAny(in: path + "/" + first)) ?? []).map {
                    first + "/" + $0
                }
            let found = folders.first {
                FileSystem.exists("\(path)/\($0)/\(TransformerFiles.configurationFile)")
            }
            if let found {
                return (found, "holds a model, the folder above it none: give this folder")
            }
        }
        return nil
    }

    private static let tokenizerFiles = [
        TransformerFiles.tokenizerFile, "tokenizer_config.json", "vocab.json", "merges.txt",
        "tokenizer.model", "vocab.txt",
    ]

    private static func problem(_ text: String, _ file: String) -> TransformerError {
        TransformerError(.checkpoint(file: file, tensor: nil, problem: text))
    }
}
