import Collapse
import Compute
import LanguageModels
import Support
import Text

/// What stages of curation ask of documents.
extension LanguageSetting {
    /// The bytes that each document's tokens decode to.
    func text(of examples: LanguageDocuments, seedData: LanguageData) -> [[UInt8]] {
        seedData.tokenizer.decode(documents: examples.dataset)
    }

    /// Minus the mean nats of a document's events, in the model's own context: curation is not
    /// measured by how models are evaluated.
    func scores(
        of examples: LanguageDocuments, under model: LanguageModel, seedData: LanguageData,
        work: Workload
    ) throws -> [Double] {
        let nats = try learner.score(
            examples.dataset, under: model, window: ScoringWindow(), seedData: seedData, work: work)
        return (0..<examples.count).map { document in
            let events = nats[examples.dataset.events(ofDocument: document)]
            return -events.reduce(0, +) / Double(events.count)
        }
    }

    /// For each document the mean of what a model makes of it after each of its tokens, which it
    /// reads in windows of its context length that do not overlap.
    func hiddenStates(
        of examples: LanguageDocuments, under model: LanguageModel, seedData: LanguageData,
        work: Workload
    ) throws -> [Double] {
        let longest = learner.longestPassage(ScoringWindow())
        var means: [Double] = []
        var batch = PassageBatch()
        func read() throws {
            guard !batch.passages.isEmpty else { return }
            means += batch.means(
                of: try learner.contextVectors(at: batch.passages, under: model, work: work))
            batch = PassageBatch()
        }
        for document in 0..<examples.count {
            batch.append(
                [seedData.tokenizer.documentBoundary] + examples.dataset.document(document),
                longest: longest)
            if batch.isFull { try read() }
        }
        try read()
        return means
    }
}

/// Documents that are read in one call: some of it costs the same for one as for many.
private struct PassageBatch {
    private(set) var passages: [Passage] = []
    /// The positions of each document.
    private var counts: [Int] = []

    /// Vectors of so many positions are held at once.
    private static let mostPositions = 16_384
    /// An n-gram model holds the distributions of all positions of a passage.
    private static let mostOfPassage = 256

    var isFull: Bool { counts.reduce(0, +) >= Self.mostPositions }

    /// Adds a document behind its boundary, after which nothing but an empty one is asked for.
    mutating func append(_ text: [UInt32], longest: Int?) {
        let asked = min(2, text.count)...text.count
        var start = 0
        while start < text.count {
            let end = min(text.count, start + (longest ?? Self.mostOfPassage))
            let first = longest == nil ? 0 : start
            let positions = (start + 1...end).filter { asked.contains($0) }.map { $0 - first }
            if !positions.isEmpty {
                passages.append(Passage(tokens: Array(text[first..<end]), positions: positions))
            }
            start = end
        }
        counts.append(asked.count)
    }

    /// The mean vector of each document, row after row.
    func means(of vectors: Matrix) -> [Double] {
        var means: [Double] = []
        var row = 0
        for count in counts {
            var sum = [Double](repeating: 0, count: vectors.columns)
            for position in row..<row + count {
                for column in sum.indices { sum[column] += vectors[position, column] }
            }
            means += sum.map { $0 / Double(count) }
            row += count
        }
        return means
    }
}
