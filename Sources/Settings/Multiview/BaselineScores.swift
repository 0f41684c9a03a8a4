import Compute

/// What methods without networks score on a seed's test rows: constants that a trained model is
/// held against.
struct BaselineScores: Sendable {
    /// What the scores depend on beside the data.
    struct Settings: Hashable, Sendable {
        var ridge: Double
        var folds: Int
    }

    /// Of linear canonical correlation analysis, fitted to generation 0's rows.
    let linearCCA: Double
    /// Of the views' own columns, one after the other.
    let concatenation: Double

    init(of data: MultiviewData, _ settings: Settings) {
        let score = DownstreamScore(folds: settings.folds)
        let (test, targets) = (data.source.testViews, data.source.targets)
        concatenation = score(of: .columns(of: test), on: targets)
        let projections = LinearCanonicalCorrelation(data.initialViews, ridge: settings.ridge)
        linearCCA =
            projections.map { score(of: .columns(of: $0.projected(test)), on: targets) } ?? .nan
    }
}
