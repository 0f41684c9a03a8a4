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
    /// The bytes of a token sequence with the spelling of every special token in it.
    func text(of tokens: some Sequence<UInt32>) -> [UInt8]
    /// A stream that gives the tokens of ``encode(_:)`` for text that comes in blocks.
    func makeStream() -> any TokenizerStream
    /// How other file formats write a token: without white space, and no two tokens alike.
    ///
    /// Never `<s>` or `</s>` but for the boundary, nor `<unk>` but for ``unknown``, which
    /// language-model files reserve. ``TokenSpellings`` finds tokens by it.
    func spelling(of token: UInt32) -> [UInt8]
    /// A self-describing file (JSON) from which `TokenizerFile.read` makes an equal tokenizer.
    func serialized() -> [UInt8]
}

extension Tokenizer {
    /// Encodes the documents one by one.
    package func encode(documents: some Sequence<[UInt8]>) -> TokenDataset {
        var dataset = TokenDataset()
        for document in documents { dataset.append(document: encode(document)) }
        return dataset
    }

    /// As ``decode(_:)``, for tokenizers whose special tokens have no spelling in text.
    package func text(of tokens: some Sequence<UInt32>) -> [UInt8] { decode(tokens) }

    /// A stream that encodes whole lines; only for tokenizers that never look across the end of a
    /// line.
    package func makeStream() -> any TokenizerStream { LineStream(self) }

    /// The bytes of tokens that may be anything, such as those of a file.
    ///
    /// - Throws: Where an id is outside the vocabulary.
    package func decode(
        untrusted tokens: some Sequence<UInt32>
    ) throws(TokenRangeError) -> [UInt8] {
        let tokens = Array(tokens)
        if let position = tokens.firstIndex(where: { $0 >= vocabularyCount }) {
            throw TokenRangeError(
                token: tokens[position], position: position, vocabularyCount: vocabularyCount)
        }
        return decode(tokens)
    }

    /// The bytes of every document of a data set.
    package func decode(documents dataset: TokenDataset) -> [[UInt8]] {
        (0..<dataset.documentCount).map { decode(dataset.document($0)) }
    }
}

/// A token id that its vocabulary does not have.
package struct TokenRangeError: Error, Hashable, CustomStringConvertible {
    /// The id that is out of range.
    package var token: UInt32
    /// How many tokens come before it.
    package var position: Int
    /// The number of ids of the tokenizer that was to decode it.
    package var vocabularyCount: Int

    package var description: String {
        "token \(token) at position \(position) is outside the vocabulary of \(vocabularyCount): "
            + "the tokens were made with another tokenizer"
    }
}

/// The kinds of tokenizer, spelled as in a specification.
package enum TokenizerKind: String, CaseIterable, Sendable, Codable {
    case byte, character, word, bpe
}
