import Compute

/// How a difference may grow with the generations.
enum GrowthModel: String, CaseIterable, Sendable {
    case bounded
    case logarithmic = "logarithmic in t"
    case linear, exponential

    /// The models that differences do not speak against, each tested at 5 % over seeds.
    ///
    /// Every model says by which factor a difference rises from the third quarter of the generations
    /// to the fourth, beside its rise from the second to the third: a saturation by less than a share,
    /// a line by the same, an exponential by more.
    ///
    /// - Parameters:
    ///   - rises: The two rises of each seed.
    ///   - generations: The length of the curves.
    /// - Returns: The models; all of them where the seeds tell nothing.
    static func compatible(
        with rises: [(early: Double, late: Double)], generations: Int
    ) -> [GrowthModel] {
        guard rises.count > 1, rises.allSatisfy({ $0.early.isFinite && $0.late.isFinite }) else {
            return []
        }
        let downwards = Summary(rises.map { $0.early + $0.late }).mean < 0
        func test(_ factor: Double) -> StudentTest {
            StudentTest(rises.map { (downwards ? -1 : 1) * ($0.late - factor * $0.early) })
        }
        func isNear(_ factor: Double) -> Bool {
            let test = test(factor)
            return 2 * min(test.above(0), test.below(0)) > Verdict.level
        }
        return allCases.filter { model in
            switch model {
            case .bounded: test(VerdictTests.saturatingShare).above(0) > Verdict.level
            case .logarithmic:
                isNear(
                    factor(
                        of: (1...max(4, generations)).map { Elementary.log(1 + Double($0)) }))
            case .linear: isNear(1)
            case .exponential: test(1).below(0) > Verdict.level
            }
        }
    }

    private static func factor(of curve: [Double]) -> Double {
        let rises = VerdictTests.rises(curve)
        return rises.late / rises.early
    }
}
