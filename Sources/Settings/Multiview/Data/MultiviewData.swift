import Compute
import Synchronization

/// Real data of several views: a stream to train on, and a test part that only measures.
protocol ViewSource: Sendable {
    /// Rows of the stream; nil where they never end.
    var count: Int? { get }
    /// Rows of the stream, a matrix for each view. They depend on the positions alone.
    func views(of rows: [Int]) -> [Matrix]
    /// The test part, a matrix for each view.
    var testViews: [Matrix] { get }
    /// What the test part's representations are to tell.
    var targets: DownstreamTargets { get }
}

/// What is fixed for a seed: its views, the rows that only measure, and what the methods without
/// training make of them.
package final class MultiviewData: Sendable {
    let source: any ViewSource
    /// Rows of generation 0's data, a matrix for each view.
    let initialViews: [Matrix]
    let initialSize: Int
    let key: RandomKey
    private let baselines = Mutex<[BaselineScores.Settings: BaselineScores]>([:])

    init(_ source: any ViewSource, initialSize: Int, key: RandomKey) {
        self.source = source
        self.initialSize = initialSize
        self.key = key
        // Where the stream has fewer rows, the plan refuses to draw so many.
        let available = min(initialSize, source.count ?? initialSize)
        initialViews = source.views(of: Array(0..<available))
    }

    /// The views of some rows; generation 0's are at hand.
    func views(of rows: [Int32]) -> [Matrix] {
        let isInitial =
            rows.count == initialSize && rows.enumerated().allSatisfy { $0 == Int($1) }
        return isInitial ? initialViews : source.views(of: rows.map { Int($0) })
    }

    /// What concatenation and linear CCA score, found when it is first asked for.
    func baselines(_ settings: BaselineScores.Settings) -> BaselineScores {
        baselines.withLock { known in
            if let scores = known[settings] { return scores }
            let scores = BaselineScores(of: self, settings)
            known[settings] = scores
            return scores
        }
    }
}
