import Compute
import Support
package import Text

/// What a model's folder holds, for people and for `--json`.
package struct ModelSummary: Codable, Hashable, Sendable {
    /// One tensor as it is stored.
    package struct Tensor: Codable, Hashable, Sendable {
        /// The name in the safetensors file.
        package var name: String
        /// The sizes of its dimensions; row-major.
        package var shape: [Int]
        /// The number format in the file.
        package var format: NumberFormat
    }

    /// Family, sizes and whether the embedding is tied.
    package var configuration: TransformerConfiguration
    /// Elements that are trained; a tied output counts once.
    package var parameterCount: Int
    /// In the order of the file.
    package var tensors: [Tensor]
    /// The number formats of the tensors, in the order of the format's list.
    package var formats: [NumberFormat]
    /// Of `model.safetensors`, header included.
    package var weightsBytes: Int
    /// Of `model.safetensors`, in hexadecimal.
    package var weightsSHA256: String
    /// Nil without `tokenizer.json`.
    package var tokenizerKind: TokenizerKind?
    /// The number of tokens in `tokenizer.json`; nil without that file.
    package var tokenizerVocabularyCount: Int?
    /// What stands between documents.
    package var boundary: UInt32?

    init(_ folder: ModelFolder, weights: Safetensors, digest: SHA256.Digest) {
        configuration = folder.model.configuration
        parameterCount = folder.model.layout.parameterCount
        tensors = weights.tensors.map {
            Tensor(name: $0.name, shape: $0.shape, format: $0.format)
        }
        let used = Set(tensors.map(\.format))
        formats = NumberFormat.allCases.filter { used.contains($0) }
        weightsBytes = weights.byteCount
        weightsSHA256 = digest.hexadecimal
        tokenizerKind = folder.tokenizer?.kind
        tokenizerVocabularyCount = folder.tokenizer?.vocabularyCount
        boundary = folder.boundary
    }
}
