/// Documents as token ids: one flat array with offsets, so that a million tokens are one
/// allocation.
///
/// Document `i` is `tokens[offsets[i] ..< offsets[i + 1]]`. Boundary tokens are not stored;
/// learners put them between documents.
package struct TokenDataset: Sendable, Hashable {
    /// All documents end to end.
    package private(set) var tokens: [UInt32]
    /// `documentCount + 1` positions, from 0 to `tokens.count`, not decreasing.
    package private(set) var offsets: [Int]

    /// The empty data set.
    package init() {
        tokens = []
        offsets = [0]
    }

    /// A data set over existing storage. The offsets must run from 0 to `tokens.count` without
    /// decreasing.
    package init(tokens: [UInt32], offsets: [Int]) {
        precondition(
            offsets.first == 0 && offsets.last == tokens.count,
            "offsets must run from 0 to \(tokens.count)")
        precondition(
            zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }, "offsets must not decrease")
        self.tokens = tokens
        self.offsets = offsets
    }

    /// The number of documents, empty ones included.
    package var documentCount: Int { offsets.count - 1 }

    /// Where document `index` lies in ``tokens``.
    package func range(ofDocument index: Int) -> Range<Int> {
        offsets[index]..<offsets[index + 1]
    }

    /// The tokens of document `index`.
    package func document(_ index: Int) -> ArraySlice<UInt32> {
        tokens[range(ofDocument: index)]
    }

    /// Adds a document, which may be empty and has no boundary tokens, behind the last.
    package mutating func append(document: some Collection<UInt32>) {
        tokens.append(contentsOf: document)
        offsets.append(tokens.count)
    }

    /// Adds the documents of another data set behind the last.
    package mutating func append(_ other: TokenDataset) {
        let base = tokens.count
        tokens.append(contentsOf: other.tokens)
        offsets.append(contentsOf: other.offsets.dropFirst().lazy.map { $0 + base })
    }
}
