import Compute
import Support
import Synchronization
import Text

/// Documents of a truth without end, drawn when they are first asked for: document i depends on the key
/// and i alone.
final class DrawnDocuments: Sendable {
    private let truth: TruthModel
    private let key: RandomKey
    private let drawn = Mutex(TokenDataset())

    /// Documents that are drawn together, with the counter's generation for their number.
    private static let chunk = 64
    /// Documents without a token after which no more are drawn for want of one.
    private static let patience = 100_000

    init(of truth: TruthModel, key: RandomKey) {
        self.truth = truth
        self.key = key
    }

    func size(at index: Int) -> Int {
        reading(upTo: index + 1) { $0.range(ofDocument: index).count }
    }

    func selecting(_ range: Range<Int>) -> TokenDataset {
        reading(upTo: range.upperBound) { $0.selecting(Array(range)) }
    }

    /// The first documents, the last one cut so that they have `count` tokens.
    ///
    /// - Throws: `SpecificationIssue` where the truth draws empty documents only.
    func prefix(tokens count: Int) throws -> TokenDataset {
        try drawn.withLock { drawn in
            while drawn.tokens.count < count {
                guard !drawn.tokens.isEmpty || drawn.documentCount < Self.patience else {
                    throw SpecificationIssue(
                        path: [LanguageKeys.corpus.name],
                        message:
                            "the model draws documents without a token only: choose another model "
                            + "or temperature")
                }
                try draw(into: &drawn)
            }
            return drawn.prefix(tokens: count)
        }
    }

    private func reading<Result>(upTo count: Int, _ read: (TokenDataset) -> Result) -> Result {
        drawn.withLock { drawn in
            while drawn.documentCount < count {
                do {
                    try draw(into: &drawn)
                } catch {
                    preconditionFailure("a truth that drew documents draws no more: \(error)")
                }
            }
            return read(drawn)
        }
    }

    private func draw(into drawn: inout TokenDataset) throws {
        var key = key
        key.generation = UInt32(drawn.documentCount / Self.chunk)
        drawn.append(
            try truth.documents(Self.chunk, key: key, pool: WorkerPool(count: 1)))
    }
}
