/// How much the real data of a chain are worth to a learner, by the plan alone.
///
/// Kanabar and Gastpar (2026): the minimax squared error is of the order of 1 / sum n_i a_i^2 where a
/// learner cannot tell real data from samples, and of 1 / sum n_i a_i where it can.
public struct EffectiveSample: Hashable, Sendable {
    /// The sum of n_i a_i^2 over the generations so far, with n_i the data of one and a_i its real
    /// share; real data count in every generation that trains on them.
    public var unknownProvenance: Double
    /// The sum of n_i a_i: the real data drawn so far, each counted once.
    public var knownProvenance: Double

    /// The columns of `effective-sample.csv`.
    public static let header = "arm,generation,provenance_unknown,provenance_known"
}

extension ChainPlan {
    /// The effective sample of each generation from 0, in the setting's unit of size.
    public var effectiveSamples: [EffectiveSample] {
        var sum = EffectiveSample(unknownProvenance: 0, knownProvenance: 0)
        var seen = 0
        let realSizes = realSizes
        return compositions.indices.filter(hasData).map { t in
            let parts = compositions[t].parts
            for case .real(let draw) in parts where draw.start >= seen {
                sum.knownProvenance += Double(draw.size)
            }
            seen = max(seen, realCounts[t])
            let total = parts.reduce(0) { $0 + $1.size }
            let share = total > 0 ? Double(realSizes[t]) / Double(total) : 0
            // Data that are all real descend from no generation before.
            if share == 1 { sum.unknownProvenance = 0 }
            sum.unknownProvenance += Double(compositions[t].size) * share * share
            return sum
        }
    }
}
