import Collapse

/// What the generations of an arm train on, in numbers of draws: what every formula of the discrete
/// setting begins with.
struct DrawCounts {
    let kind: DataFlow
    /// n_t, the data that a generation draws; under accumulation its data are all so far.
    let sizes: [Double]
    /// The real draws among the data of a generation, and how many they are in expectation of a
    /// subsample.
    let real: [Double]
    /// All data so far, n_0 + ... + n_t.
    let totals: [Double]
    let parents: Int

    /// nil for a plan of a shape that has no formula.
    init?(_ plan: ChainPlan) {
        let sizes = plan.sizes.map(Double.init)
        self.sizes = sizes
        parents = plan.arm.parents
        kind = plan.dataFlow
        totals = sizes.indices.dropFirst().reduce(into: [sizes[0]]) {
            $0.append($0[$0.count - 1] + sizes[$1])
        }
        switch kind {
        case .replace, .accumulate, .mixture: real = plan.realSizes.map(Double.init)
        case .accumulateSubsample: real = zip(sizes, totals).map { sizes[0] * $0 / $1 }
        case .other: return nil
        }
    }

    /// The draws of generation `t`'s data that the newest models make.
    func synthetic(_ t: Int) -> Double { t == 0 ? 0 : sizes[t] - real[t] }

    var generations: Int { sizes.count - 1 }

    /// Whether all generations draw equally many.
    var isConstant: Bool { sizes.allSatisfy { $0 == sizes[0] } }
}
