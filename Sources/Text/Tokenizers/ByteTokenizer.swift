/// The 256 bytes themselves, and one token for the document boundary.
///
/// Token `b` is the byte `b`; the boundary is 256. Every byte sequence round-trips.
package struct ByteTokenizer: Tokenizer, Hashable {
    package init() {}

    package var kind: TokenizerKind { .byte }
    package var vocabularyCount: Int { 257 }
    package var documentBoundary: UInt32 { 256 }
    package var unknown: UInt32? { nil }
    package var isLossless: Bool { true }

    package func encode(_ bytes: [UInt8]) -> [UInt32] {
        bytes.map(UInt32.init)
    }

    package func decode(_ tokens: some Sequence<UInt32>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(tokens.underestimatedCount)
        for token in tokens where token != documentBoundary {
            precondition(token < 256, "token \(token) in a vocabulary of \(vocabularyCount)")
            bytes.append(UInt8(truncatingIfNeeded: token))
        }
        return bytes
    }

    package func spelling(of token: UInt32) -> [UInt8] {
        precondition(
            token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
        return token == documentBoundary
            ? TokenSpelling.boundary
            : TokenSpelling.ofBytes(CollectionOfOne(UInt8(truncatingIfNeeded: token)))
    }

    package func serialized() -> [UInt8] {
        NativeTokenizerFile.write(kind: kind)
    }
}
