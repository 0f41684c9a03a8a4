import Collapse

/// What the generations of an arm train on, in numbers of draws: what every formula of the discrete setting begins with.
struct DiscreteFlow {
    enum Kind: Hashable {
        case replace, accumulate, accumulateSubsample
        case mixture(RealDataPolicy)
    }

    let kind: Kind
    /// n_t, the data that a generation draws; under accumulation its data are all so far.
    let sizes: [Double]
    /// The real draws among the data of a generation, and how many they are in expectation of a subsample.
    let real: [Double]
    /// All data so far, n_0 + ... + n_t.
    let totals: [Double]
    let parents: Int

    /// nil for an arm whose schedules end before the last generation.
    init?(_ arm: ArmSpecification, generations: Int) {
        guard let sizes = try? arm.sampleSizes(generations: generations).map(Double.init) else {
            return nil
        }
        self.sizes = sizes
        parents = arm.parents
        totals = sizes.indices.dropFirst().reduce(into: [sizes[0]]) {
            $0.append($0[$0.count - 1] + sizes[$1])
        }
        switch arm.workflow {
        case is Replace:
            kind = .replace
            real = [sizes[0]] + sizes.dropFirst().map { _ in 0 }
        case is Accumulate:
            kind = .accumulate
            real = sizes.map { _ in sizes[0] }
        case is AccumulateSubsample:
            kind = .accumulateSubsample
            real = zip(sizes, totals).map { sizes[0] * $0 / $1 }
        case let mixture as Mixture:
            kind = .mixture(mixture.realData)
            real = sizes.indices.map { t in
                let fraction = t == 0 ? 1 : mixture.realFraction.value(at: t) ?? 0
                return (fraction * sizes[t]).rounded(.toNearestOrEven)
            }
        default: return nil
        }
    }

    /// The draws of generation `t`'s data that the newest models make.
    func synthetic(_ t: Int) -> Double { t == 0 ? 0 : sizes[t] - real[t] }

    var generations: Int { sizes.count - 1 }

    /// Whether all generations draw equally many.
    var isConstant: Bool { sizes.allSatisfy { $0 == sizes[0] } }
}
