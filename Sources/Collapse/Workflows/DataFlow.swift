/// The shapes of planned data that theory has formulas for, read from the compositions themselves:
/// a workflow that plans what another plans has its theory.
public enum DataFlow: Hashable, Sendable {
    /// Each generation trains on the newest samples alone.
    case replace
    /// Each generation trains on real data of one kind and, for the rest, on the newest samples.
    case mixture(RealDataPolicy)
    /// Each generation trains on generation 0's real sample and all samples so far.
    case accumulate
    /// A subsample of what ``accumulate`` trains on, of one generation's size.
    case accumulateSubsample
    /// Anything else.
    case other
}

extension ChainPlan {
    /// n_0 ... n_generations.
    public var sizes: [Int] { Array(sampleSizes.dropLast()) }

    /// The real data of each generation before subsampling, in the setting's unit of size.
    public var realSizes: [Int] {
        compositions.map { composition in
            composition.parts.reduce(0) { sum, part in
                if case .synthetic = part { sum } else { sum + part.size }
            }
        }
    }

    /// The shape of what the generations train on.
    public var dataFlow: DataFlow {
        if holdsAllSoFar {
            let subsampled = compositions.dropFirst().map(\.subsample)
            if subsampled.isEmpty { return .replace }
            if subsampled.allSatisfy({ $0 == nil }) { return .accumulate }
            return zip(subsampled, sampleSizes.dropFirst()).allSatisfy({ $0 == $1 })
                ? .accumulateSubsample : .other
        }
        var policy: RealDataPolicy?
        for (t, composition) in compositions.enumerated().dropFirst() {
            guard composition.subsample == nil, composition.size == sampleSizes[t] else {
                return .other
            }
            for part in composition.parts {
                let found: RealDataPolicy
                switch part {
                case .synthetic(t, _): continue
                case .synthetic: return .other
                case .replayed: found = .replayed
                case .real(let draw): found = draw.start == 0 ? .kept : .fresh
                }
                guard policy ?? found == found else { return .other }
                policy = found
            }
        }
        return policy.map(DataFlow.mixture) ?? .replace
    }
}
