/// A map between bytes and token ids.
///
/// Text is bytes throughout: no vocabulary is keyed by `String`, which compares canonically.
package protocol Tokenizer: Sendable {
    /// The specification's word for this tokenizer: `byte`, `character`, `word`, `bpe`.
    var kind: TokenizerKind { get }
    /// The number of ids; ids are `0 ..< vocabularyCount`, special tokens included.
    var vocabularyCount: Int { get }
    /// The special token that stands between documents; no text encodes to it.
    var documentBoundary: UInt32 { get }
    /// The token that stands for anything outside the vocabulary, where there is one.
    var unknown: UInt32? { get }
    /// Whether `decode(encode(bytes)) == bytes` for all bytes.
    var isLossless: Bool { get }

    /// The ids of a text. Never contains ``documentBoundary``.
    func encode(_ bytes: [UInt8]) -> [UInt32]
    /// The ids of every document, in order; equal to encoding them one by one.
    func encode(documents: some Sequence<[UInt8]>) -> TokenDataset
    /// The bytes of a token sequence; a boundary token decodes to nothing.
    func decode(_ tokens: some Sequence<UInt32>) -> [UInt8]
    /// A self-describing file (JSON) from which `TokenizerFile.read` makes an equal tokenizer.
    func serialized() -> [UInt8]
}

extension Tokenizer {
    package func encode(documents: some Sequence<[UInt8]>) -> TokenDataset {
        var dataset = TokenDataset()
        for document in documents { dataset.append(document: encode(document)) }
        return dataset
    }

    /// The bytes of every document of a data set.
    package func decode(documents dataset: TokenDataset) -> [[UInt8]] {
        (0..<dataset.documentCount).map { decode(dataset.document($0)) }
    }
}

/// The kinds of tokenizer, spelled as in a specification.
package enum TokenizerKind: String, CaseIterable, Sendable, Codable {
    case byte, character, word, bpe
}
