import Collapse

/// What a run says at its end of the headline metric beside its theory.
enum TheorySummary {
    /// More arms than this are left to the report.
    private static let mostArms = 12

    /// A line for each arm whose headline metric is predicted, at the last generation that has
    /// both.
    static func lines(_ results: ExperimentResults) -> [String] {
        let headline = results.setting.headline
        let compared = results.arms.flatMap { arm in
            results.theoryComparisons(of: arm, metric: headline).filter {
                !$0.prediction.relation.isBound && !$0.points.isEmpty
            }
        }
        guard !compared.isEmpty else { return [] }
        let isExcess = compared.allSatisfy { $0.prediction.relation == .excess }
        let title = (isExcess ? "excess of the " : "") + results.setting.metric(headline).title
        var hasIntervals = false
        let lines = compared.prefix(mostArms).compactMap { comparison -> String? in
            guard let point = comparison.points.last else { return nil }
            let measured =
                "  \(comparison.arm)  generation \(point.generation): measured "
                + TerminalNumber.significant(point.measured.mean)
            guard !point.predicted.isNaN else {
                let reason = comparison.prediction.note ?? "none is known"
                return "\(measured); no prediction: \(reason)"
            }
            guard point.isInRange else {
                return "\(measured) above its reference, \(TheoryComparison.beyondRange)"
            }
            let half = point.differenceSummary.halfWidth()
            var line =
                "\(measured), predicted \(TerminalNumber.significant(point.predicted)), "
                + "measured minus predicted \(TerminalNumber.significant(point.difference))"
            if half.isFinite {
                hasIntervals = true
                line += " +- \(TerminalNumber.significant(half))"
            }
            return line
        }
        let rest = compared.count - lines.count
        let intervals = hasIntervals ? ", with 95 % intervals over seeds" : ""
        return ["Theory of the \(title)\(intervals) (all of it: theory.csv):"]
            + lines + (rest > 0 ? ["  ... and \(counted(rest, "more arm"))"] : [])
    }
}
