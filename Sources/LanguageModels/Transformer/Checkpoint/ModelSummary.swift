import Compute
package import Support
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
    /// Of the files of the weights, headers included.
    package var weightsBytes: Int
    /// Of `model.safetensors` or, of several files, of their bytes one after another; in
    /// hexadecimal.
    package var weightsSHA256: String
    /// Nil without a tokenizer that can be used.
    @OrNull package var tokenizerKind: TokenizerKind?
    /// The number of the tokenizer's tokens; nil without one that can be used.
    @OrNull package var tokenizerVocabularyCount: Int?
    /// Why the tokenizer that lies there cannot be used.
    @OrNull package var tokenizerProblem: String?
    /// What stands between documents.
    @OrNull package var boundary: UInt32?

    init(_ folder: ModelFolder, weights: StoredWeights) {
        configuration = folder.model.configuration
        parameterCount = folder.model.layout.parameterCount
        tensors = weights.tensors.map {
            Tensor(name: $0.name, shape: $0.shape, format: $0.format)
        }
        let used = Set(tensors.map(\.format))
        formats = NumberFormat.allCases.filter { used.contains($0) }
        weightsBytes = weights.byteCount
        weightsSHA256 = weights.digest().hexadecimal
        tokenizerKind = folder.tokenizer?.kind
        tokenizerVocabularyCount = folder.tokenizer?.vocabularyCount
        tokenizerProblem = folder.tokenizerProblem?.description
        boundary = folder.boundary
    }
}
