import Compute
import FoundationEssentials
import Support
import Text

/// A fit between two steps, in a file: from it the fit goes on and comes to the same bits as
/// without interruption.
///
/// The file is of the safetensors format: what is trained, the optimizer's moments, the moving
/// average and the best so far as flat arrays, and all else as JSON in its metadata, with the
/// SHA-256 of everything: a fit goes on from what was written or not at all. The data's order and the dropout masks are pure functions of key and step, so nothing of them need be kept.
package struct TrainingCheckpoint: Sendable {
    /// What makes a fit the fit it is; a checkpoint of another one is refused.
    struct Identity: Hashable, Codable {
        var configuration: String
        var steps: Int
        var key: String
        /// SHA-256 of the training stream, of the starting parameters and of the validation
        /// documents.
        var data: String
        var start: String
    }

    var identity: Identity
    var state: TransformerTrainer.State
    /// Updates of the optimizer and of the average.
    var updates: Int
    var averaged: Int
    var arrays: [(name: String, values: SharedBuffer<Float>)]
    /// SHA-256 of the log up to here, where the fit has one.
    var log: String?

    /// Steps made.
    package var step: Int { state.step }

    private struct Description: Codable {
        var version: Int
        var identity: TrainingCheckpoint.Identity
        var state: TransformerTrainer.State
        var updates: Int
        var averaged: Int
        var log: String?
    }

    private static let version = 3

    /// The file's bytes.
    package func serialized() throws(TransformerError) -> [UInt8] {
        let description = Description(
            version: Self.version, identity: identity, state: state, updates: updates,
            averaged: averaged, log: log)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json: Data
        do {
            json = try encoder.encode(description)
        } catch {
            throw TransformerError(.request("the state of the fit cannot be written: \(error)"))
        }
        let fit = String(decoding: json, as: UTF8.self)
        return ArrayFile(
            arrays.map { ArrayFile.Entry($0.name, $0.values) },
            metadata: [("fit", fit), ("sha256", Self.sum(of: fit, arrays))]
        ).serialized
    }

    /// SHA-256 over the description, and the name and the bytes of each array by name.
    private static func sum(
        of fit: String, _ arrays: [(name: String, values: SharedBuffer<Float>)]
    ) -> String {
        var sum = SHA256()
        sum.update(Array(fit.utf8))
        for array in arrays.sorted(by: { $0.name < $1.name }) {
            sum.update(Array(array.name.utf8))
            sum.update(
                UnsafeRawBufferPointer(
                    start: array.values.base,
                    count: array.values.count * MemoryLayout<Float>.stride))
        }
        return sum.finalize().hexadecimal
    }

    /// Reads what ``serialized()`` wrote; `file` names it in errors.
    package init(serialized bytes: [UInt8], file: String) throws(TransformerError) {
        let contents = try ArrayFile(serialized: bytes, keys: ["fit", "sha256"], file: file)
        let arrays = contents.entries.map { ($0.name, $0.values) }
        guard
            let description = try? JSONDecoder().decode(
                Description.self, from: Data((contents.text("fit") ?? "").utf8)),
            description.version == Self.version
        else {
            throw TransformerError(
                .checkpoint(
                    file: file, tensor: nil,
                    problem:
                        "is not the state of a fit that this version can continue"))
        }
        guard contents.text("sha256") == Self.sum(of: contents.text("fit") ?? "", arrays) else {
            throw TransformerError(
                .checkpoint(
                    file: file, tensor: nil,
                    problem: "is damaged: it does not match its sum"))
        }
        identity = description.identity
        state = description.state
        updates = description.updates
        averaged = description.averaged
        log = description.log
        self.arrays = arrays
    }

    init(
        identity: Identity, state: TransformerTrainer.State, updates: Int, averaged: Int,
        arrays: [(name: String, values: SharedBuffer<Float>)]
    ) {
        self.identity = identity
        self.state = state
        self.updates = updates
        self.averaged = averaged
        self.arrays = arrays
    }
}

extension TransformerTrainer {
    /// The fit's state between two steps.
    package func checkpoint() -> TrainingCheckpoint {
        TrainingCheckpoint(
            identity: identity, state: state, updates: optimizer.updates,
            averaged: average?.updates ?? 0,
            arrays: arrays.map { name, base, count in
                let copy = Buffer<Float>(count: count)
                copy.base.update(from: base, count: count)
                return (name, SharedBuffer(copy))
            })
    }

    /// Continues where a checkpoint of the same fit was taken; the result has the bits of an
    /// uninterrupted fit.
    ///
    /// - Parameters:
    ///   - checkpoint: Where to continue.
    ///   - file: What to call the checkpoint in an error.
    /// - Throws: ``TransformerError`` that says in what the checkpoint's fit differs from this one.
    package func resume(
        from checkpoint: TrainingCheckpoint, file: String = "the checkpoint"
    ) throws(TransformerError) {
        func problem(_ text: String, tensor: String? = nil) -> TransformerError {
            TransformerError(.checkpoint(file: file, tensor: tensor, problem: text))
        }
        let (other, own) = (checkpoint.identity, identity)
        for (what, old, new) in [
            ("configuration", other.configuration, own.configuration),
            ("number of steps", "\(other.steps)", "\(own.steps)"),
            ("random key", other.key, own.key), ("data", other.data, own.data),
            ("starting model", other.start, own.start),
        ] where old != new {
            throw problem("is of a fit with another \(what): \(old) there, \(new) here")
        }
        guard (0...steps).contains(checkpoint.step) else {
            throw problem("is of step \(checkpoint.step), in a fit of \(steps)")
        }
        // Nothing is taken over before all is known to be there.
        let found = try arrays.map { name, base, count throws(TransformerError) in
            guard let values = checkpoint.arrays.first(where: { $0.name == name })?.values else {
                throw problem("is missing", tensor: name)
            }
            guard values.count == count else {
                throw problem("has \(values.count) elements, not \(count)", tensor: name)
            }
            return (base: base, values: values)
        }
        for array in found { array.base.update(from: array.values.base, count: array.values.count) }
        state = checkpoint.state
        optimizer.updates = checkpoint.updates
        average?.updates = checkpoint.averaged
        compose()
    }

    /// Every array that a step changes.
    private var arrays: [(name: String, base: UnsafeMutablePointer<Float>, count: Int)] {
        var arrays = [("trained", trained, trainedCount)]
        for (name, box) in zip(configuration.optimizer.moments, optimizer.moments) {
            arrays.append((name, box.base, box.count))
        }
        if let average { arrays.append(("average", average.values.base, trainedCount)) }
        if let best { arrays.append(("best", best.base, trainedCount)) }
        return arrays
    }
}

extension TrainingCheckpoint.Identity {
    init(of trainer: TransformerTrainer) {
        func digest<Element>(_ elements: [Element]?) -> String {
            elements.map { $0.withUnsafeBytes { SHA256.digest(of: $0).hexadecimal } } ?? "none"
        }
        let key = trainer.key
        self.init(
            configuration: "\(trainer.modelConfiguration) \(trainer.configuration)",
            steps: trainer.steps,
            key: "\(key.seed)/\(key.stream)/\(key.generation)/\(key.index)",
            data: [
                digest(trainer.stream.tokens), digest(trainer.stream.weights),
                digest(trainer.validation?.tokens), digest(trainer.validation?.offsets),
            ].joined(separator: " "), start: trainer.startDigest)
    }
}
