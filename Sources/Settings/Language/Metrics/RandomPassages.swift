package import Compute
package import LanguageModels
package import Text

/// A passage with what its document has before it.
package struct DocumentPassage: Sendable, Hashable {
    package var passage: Passage
    /// The document's boundary and tokens before the passage; empty where it begins the document.
    package var preceding: [UInt32]

    /// The same positions in the document from its boundary on.
    package var whole: Passage {
        Passage(
            tokens: preceding + passage.tokens,
            positions: passage.positions.map { $0 + preceding.count })
    }
}

/// Contexts of a text, drawn at random.
package enum RandomPassages {
    /// Contexts that share a passage, so that a transformer reads it once.
    private static let perPassage = 10

    /// How many contexts a text has: one before each token, and one before the end of each document
    /// that is not cut.
    static func contextCount(of dataset: TokenDataset) -> Int {
        dataset.tokens.count + dataset.documentCount - dataset.cutDocuments.count
    }

    /// Passages with `count` positions in all; nil where the text has fewer.
    ///
    /// Documents are met in a random order, round after round. Each gives a passage: its beginning,
    /// or where it is longer than `longest` tokens a window of it of which the first half is only
    /// read. Positions in a passage are drawn without replacement.
    package static func passages(
        of dataset: TokenDataset, boundary: UInt32, count: Int, longest: Int?, key: RandomKey
    ) -> [DocumentPassage]? {
        guard contextCount(of: dataset) >= count else { return nil }
        var random = RandomStream(key)
        var free = (0..<dataset.documentCount).map { document in
            let length = dataset.range(ofDocument: document).count
            // Nothing follows the last token of a cut document.
            return Array(0..<(dataset.isCut(document) ? length : length + 1))
        }
        var passages: [DocumentPassage] = []
        var left = count
        let order = random.permutation(of: dataset.documentCount)
        while left > 0 {
            for document in order where left > 0 && !free[document].isEmpty {
                let text = [boundary] + dataset.document(document)
                // Positions are how many tokens are read; the last predicts the end.
                let anchor = free[document][random.below(free[document].count)] + 1
                let start = start(of: anchor, in: text.count, longest: longest, &random)
                let end = min(text.count, start + (longest ?? text.count))
                let least = start == 0 ? 1 : start + max(1, (end - start) / 2)
                var open = free[document].map { $0 + 1 }.filter { $0 >= least && $0 <= end }
                var chosen: [Int] = []
                while chosen.count < min(Self.perPassage, left), !open.isEmpty {
                    chosen.append(open.remove(at: random.below(open.count)))
                }
                free[document].removeAll { chosen.contains($0 + 1) }
                left -= chosen.count
                passages.append(
                    DocumentPassage(
                        passage: Passage(
                            tokens: Array(text[start..<end]),
                            positions: chosen.map { $0 - start }.sorted()),
                        preceding: Array(text[..<start])))
            }
        }
        return passages
    }

    /// Where a window of at most `longest` tokens begins that has a position in its second half, or
    /// in its first where it is the text's beginning.
    private static func start(
        of position: Int, in count: Int, longest: Int?, _ random: inout RandomStream
    ) -> Int {
        guard let longest, count > longest, position > longest else { return 0 }
        let latest = longest - max(1, longest / 2)
        return min(count - longest, position - longest + random.below(latest + 1))
    }
}
