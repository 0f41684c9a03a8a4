import Support

/// Which examples a stage judges; the others stay.
public enum JudgedExamples: String, CaseIterable, Sendable {
    /// Real examples are trusted.
    case synthetic
    /// Of no example it is known whether it is real.
    case all

    /// The key of the stages that may judge either.
    static func key(default standard: JudgedExamples) -> Key<JudgedExamples> {
        Key(
            "applies-to", .choice, default: standard,
            help: "Which examples the stage judges: the synthetic ones, or all of them, real ones "
                + "too, as where nobody knows which are which.")
    }

    /// The positions of the examples that are judged.
    func indices<Examples>(in pool: Pool<Examples>) -> [Int] {
        var indices: [Int] = []
        var first = 0
        for run in pool.provenance.runs {
            if self == .all || run.value > 0 { indices += first..<run.end }
            first = run.end
        }
        return indices
    }
}

extension Pool {
    /// Whether any example is synthetic.
    var hasSyntheticExamples: Bool { provenance.runs.contains { $0.value > 0 } }
}
