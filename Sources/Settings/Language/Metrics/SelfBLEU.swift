import Compute
import Text

/// Self-BLEU: how far the documents of a text repeat each other (Zhu et al. 2018).
extension TextStatistic {
    /// How many documents are compared.
    private static let mostDocuments = 500

    static let selfBLEU = TextStatistic(
        name: "self_bleu_4", title: "self-BLEU-4",
        help:
            "Mean BLEU-4 of each of the first 500 documents against all others of them, on tokens; an "
            + "n-gram length without a match counts as 0.1 matches (Zhu et al. 2018; Chen and Cherry "
            + "2014, method 1).",
        group: .selfBLEU,
        measure: { sample, _ in
            let count = min(mostDocuments, sample.dataset.documentCount)
            return SelfBLEU(
                (0..<count).map { Array(sample.dataset.document($0)) }.filter { !$0.isEmpty }
            ).mean
        })
}

/// BLEU of each document with all others as references.
///
/// The largest count of an n-gram in any other document is the largest or the second largest of
/// all, so that one pass over the documents serves them all.
struct SelfBLEU {
    private let documents: [[UInt32]]
    private static let longest = 4
    /// The matches of an n-gram length that has none.
    private static let smallest = 0.1

    init(_ documents: [[UInt32]]) {
        self.documents = documents
    }

    /// The two largest counts of an n-gram within a document, and which document has the largest.
    private struct Largest {
        var count = 0
        var document = -1
        var second = 0
    }

    /// Nan below two documents.
    var mean: Double {
        guard documents.count > 1 else { return .nan }
        var logs = Array(repeating: 0.0, count: documents.count)
        for length in 1...Self.longest {
            let counts = documents.map { Self.counts(of: $0, length: length) }
            var largest: [[UInt32]: Largest] = [:]
            for (document, counts) in counts.enumerated() {
                for (gram, count) in counts {
                    var known = largest[gram] ?? Largest()
                    if count > known.count {
                        known = Largest(count: count, document: document, second: known.count)
                    } else {
                        known.second = max(known.second, count)
                    }
                    largest[gram] = known
                }
            }
            for (document, counts) in counts.enumerated() {
                var matches = 0
                for (gram, count) in counts {
                    guard let known = largest[gram] else { continue }
                    matches += min(count, known.document == document ? known.second : known.count)
                }
                // Without a token in common nothing is alike, whatever stands for no match.
                if length == 1, matches == 0 { logs[document] = -.infinity }
                let total = max(1, documents[document].count - length + 1)
                let share = (matches == 0 ? Self.smallest : Double(matches)) / Double(total)
                logs[document] += Elementary.log(share) / Double(Self.longest)
            }
        }
        let sum = documents.indices.reduce(0.0) { sum, document in
            sum + penalty(document) * Elementary.exp(logs[document])
        }
        return sum / Double(documents.count)
    }

    /// exp(1 - r/c) for a document of c tokens that is shorter than the reference of the nearest
    /// length r; of two equally near the shorter.
    private func penalty(_ document: Int) -> Double {
        let length = documents[document].count
        let nearest = documents.indices.filter { $0 != document }.map { documents[$0].count }
            .min { (abs($0 - length), $0) < (abs($1 - length), $1) }
        guard let nearest, nearest > length else { return 1 }
        return Elementary.exp(1 - Double(nearest) / Double(length))
    }

    private static func counts(of document: [UInt32], length: Int) -> [[UInt32]: Int] {
        var counts: [[UInt32]: Int] = [:]
        guard document.count >= length else { return counts }
        for start in 0...(document.count - length) {
            counts[Array(document[start..<start + length]), default: 0] += 1
        }
        return counts
    }
}
