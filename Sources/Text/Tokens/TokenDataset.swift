import Support

/// Documents as token ids: one flat array with offsets, so that a million tokens are one
/// allocation.
///
/// Document `i` is `tokens[offsets[i] ..< offsets[i + 1]]`. Boundary tokens are not stored;
/// learners put them between documents. A document that was cut did not end where its tokens do, so
/// that nobody learns or scores an end there.
package struct TokenDataset: Sendable, Hashable {
    /// All documents end to end.
    package private(set) var tokens: [UInt32]
    /// `documentCount + 1` positions, from 0 to `tokens.count`, not decreasing.
    package private(set) var offsets: [Int]
    /// The documents that were cut, ascending.
    package private(set) var cutDocuments: [Int] = []

    /// The empty data set.
    package init() {
        tokens = []
        offsets = [0]
    }

    /// A data set over existing storage. The offsets must run from 0 to `tokens.count` without
    /// decreasing, and the indices of cut documents ascend.
    package init(tokens: [UInt32], offsets: [Int], cutDocuments: [Int] = []) {
        precondition(
            offsets.first == 0 && offsets.last == tokens.count,
            "offsets must run from 0 to \(tokens.count)")
        precondition(
            zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }, "offsets must not decrease")
        precondition(
            zip(cutDocuments, cutDocuments.dropFirst()).allSatisfy { $0 < $1 }
                && (cutDocuments.first ?? 0) >= 0
                && (cutDocuments.last ?? -1) < offsets.count - 1,
            "cut documents must ascend and be among the \(offsets.count - 1)")
        self.tokens = tokens
        self.offsets = offsets
        self.cutDocuments = cutDocuments
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

    /// Whether document `index` was cut.
    package func isCut(_ index: Int) -> Bool {
        guard !cutDocuments.isEmpty else { return false }
        let position = cutDocuments.partitioningIndex { $0 >= index }
        return position < cutDocuments.count && cutDocuments[position] == index
    }

    /// Where a list that has an entry for each token and one for each document's end has what a
    /// model predicts of document `index`: its tokens and, unless it was cut, its end.
    package func events(ofDocument index: Int) -> Range<Int> {
        let end = offsets[index + 1] + index
        return offsets[index] + index..<(isCut(index) ? end : end + 1)
    }

    /// The same tokens with these documents as the cut ones.
    package consuming func cutting(_ documents: [Int]) -> TokenDataset {
        TokenDataset(tokens: tokens, offsets: offsets, cutDocuments: documents)
    }

    /// What is an event, of such a list: all but the ends of cut documents.
    package func events<Element>(of entries: [Element]) -> [Element] {
        guard !cutDocuments.isEmpty else { return entries }
        var events: [Element] = []
        events.reserveCapacity(entries.count - cutDocuments.count)
        var next = 0
        for document in cutDocuments {
            let end = offsets[document + 1] + document
            events += entries[next..<end]
            next = end + 1
        }
        return events + entries[next...]
    }

    /// Adds a document, which may be empty and has no boundary tokens, behind the last.
    package mutating func append(document: some Collection<UInt32>, isCut: Bool = false) {
        if isCut { cutDocuments.append(documentCount) }
        tokens.append(contentsOf: document)
        offsets.append(tokens.count)
    }

    /// Adds the documents of another data set behind the last.
    package mutating func append(_ other: TokenDataset) {
        let base = tokens.count
        let documents = documentCount
        cutDocuments.append(contentsOf: other.cutDocuments.lazy.map { $0 + documents })
        tokens.append(contentsOf: other.tokens)
        offsets.append(contentsOf: other.offsets.dropFirst().lazy.map { $0 + base })
    }
}
