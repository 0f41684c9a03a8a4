import Compute
import Support

/// The weights of a model on disk: one safetensors file, or several with an index.
struct StoredWeights {
    /// A file, open as long as this value.
    private struct Part {
        var header: Safetensors
        var content: MappedFile
    }

    /// What errors about all of them name.
    private let name: String
    private let parts: [Part]

    /// Opens one file that holds all tensors.
    init(_ file: String) throws {
        name = file
        parts = [try Self.open(file)]
    }

    /// Opens the files of an index.
    ///
    /// - Throws: The first file that is missing, or that lacks a tensor.
    init(_ index: SafetensorsIndex, in folder: String) throws {
        name = index.file
        parts = try index.shards.map { shard in
            let file = folder + "/" + shard
            guard FileSystem.exists(file) else {
                throw TransformerError(
                    .checkpoint(
                        file: file, tensor: nil,
                        problem: "is missing, one of the \(index.shards.count) files that "
                            + "\(SafetensorsIndex.name) names: download it, too"))
            }
            let part = try Self.open(file)
            try index.check(part.header, of: shard)
            return part
        }
    }

    private static func open(_ file: String) throws -> Part {
        let content = try MappedFile(file)
        return try content.withBytes {
            Part(header: try Safetensors($0, file: file), content: content)
        }
    }

    /// In the order of the files and of their bytes.
    var tensors: [Safetensors.Tensor] { parts.flatMap(\.header.tensors) }

    /// Of all files, headers included.
    var byteCount: Int { parts.reduce(0) { $0 + $1.header.byteCount } }

    /// Of the bytes of all files, one after another.
    func digest() -> SHA256.Digest {
        var hash = SHA256()
        for part in parts { part.content.withBytes { hash.update($0) } }
        return hash.finalize()
    }

    /// Whether the names, shapes and lengths of the tensors are those of a configuration; no weight
    /// is read.
    ///
    /// - Throws: As ``ModelReader``.
    func check(_ configuration: TransformerConfiguration) throws {
        try withExtendedLifetime(parts) { _ = try reader(configuration) }
    }

    private func reader(
        _ configuration: TransformerConfiguration
    ) throws(TransformerError) -> ModelReader {
        try ModelReader(
            configuration, parts.map { .init(header: $0.header, bytes: $0.content.bytes) },
            name: name)
    }

    /// The model of a configuration that has these weights.
    ///
    /// - Throws: As ``ModelReader``.
    func model(_ configuration: TransformerConfiguration) throws -> TransformerModel {
        try withExtendedLifetime(parts) {
            try reader(configuration).model()
        }
    }
}
