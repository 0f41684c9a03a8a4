import Collapse
import Support

/// How far a metric of an arm is from what the arm is held against, seed by seed.
struct Excess: Sendable {
    /// What an arm is held against.
    enum Reference: Hashable, Sendable {
        /// The arm's control at the same generation.
        case control(String)
        /// The arm of the sweep that trains on real data alone, at the same generation: the
        /// reference of an experiment of one step.
        case realArm(String)
        /// The arm itself at generation 0, for want of a control.
        case generation0
        /// The arm trains on real data only: it is what others are held against.
        case itself

        /// The arm that is subtracted; nil where it is the arm itself.
        var arm: String? {
            switch self {
            case .control(let name), .realArm(let name): name
            case .generation0, .itself: nil
            }
        }
    }

    var reference: Reference
    /// The generation that is compared.
    var generation: Int
    /// The arm less its reference for each seed of the experiment; nil where either is missing.
    var values: [Double?]

    /// Over the seeds that have both.
    var summary: Summary { Summary(values.compactMap(\.self)) }
}

extension Analysis {
    /// What an arm is held against.
    func reference(of arm: Int) -> Excess.Reference {
        switch results.arms[arm].reference {
        case .arm(let control): return .control(results.arms[control].name)
        case .itself: return .itself
        case .missing: break
        }
        guard lastGeneration == 1, let sweep, sweep.isOfRealFraction,
            let group = sweep.groups.first(where: { $0.points.contains { $0.arm == arm } }),
            let real = group.points.last, sweep.grid[real.index] == 1
        else { return .generation0 }
        return real.arm == arm ? .itself : .realArm(results.arms[real.arm].name)
    }

    /// The headline metric of an arm less its reference: 0 for an arm that is one itself, nil where
    /// nothing can be compared at that generation.
    func excess(of arm: Int, at generation: Int) -> Excess? {
        let reference = reference(of: arm)
        let values = pairs(
            of: headline.name, arm: arm, at: generation,
            with: (reference.arm, reference == .generation0 ? 0 : generation)
        ).map { $0.map { RoundingNoise.difference($0.own, $0.other) } }
        guard values.contains(where: { $0 != nil }) else { return nil }
        return Excess(reference: reference, generation: generation, values: values)
    }

    /// A metric of an arm beside that of what it is held against, seed by seed; nil where either is
    /// missing. Without another arm `reference` is the arm itself at that generation.
    func pairs(
        of metric: String, arm: Int, at generation: Int,
        with reference: (arm: String?, generation: Int)
    ) -> [(own: Double, other: Double)?] {
        let name = results.arms[arm].name
        return results.seeds.map { seed in
            func value(_ arm: String, _ generation: Int) -> Double? {
                results.metrics.value(
                    arm: arm, seed: seed, generation: generation, metric: metric)
            }
            guard let own = value(name, generation),
                let other = value(reference.arm ?? name, reference.generation)
            else { return nil }
            return (own, other)
        }
    }

    /// The excess at the last generation that as many seeds as possible can be compared at: a
    /// control ends where the real data does.
    func lastExcess(of arm: Int) -> Excess? {
        guard case .control(let control) = reference(of: arm), let end = exhausted(control) else {
            return excess(of: arm, at: lastGeneration)
        }
        return excess(of: arm, at: min(lastGeneration, end - 1))
    }

    /// The first generation that an arm has no real data left for, in some seed.
    private func exhausted(_ arm: String) -> Int? {
        results.arms.first { $0.name == arm }?.exhausted
    }

    /// Where there are several controls, each with the first arm that is held against it: figures
    /// draw them beside their arms. One alone is an arm like others.
    var unnamedControls: [Int: Int] {
        var first: [Int: Int] = [:]
        for (index, arm) in results.arms.enumerated() {
            if case .arm(let control) = arm.reference, first[control] == nil {
                first[control] = index
            }
        }
        return first.count > 1 ? first : [:]
    }

    /// Whether any arm that trains on samples lacks a control.
    var lacksControls: Bool {
        results.arms.indices.contains { reference(of: $0) == .generation0 }
    }

    /// What an arm without a control is told of it.
    static let withoutControl =
        "What has no control is held against generation 0, so that a change mixes what samples cost "
        + "with what more or less data brings. `controls: true` in the experiment adds the controls; "
        + "run it again with --extend."
}

extension Sweep {
    /// Whether the swept key is the share of real data.
    var isOfRealFraction: Bool { title == Mixture.realFraction.name }

    /// Whether it can be asked how much of the swept key is enough: of real data, or of a size.
    var isOfAmount: Bool { isOfRealFraction || title == ArmKeys.sampleSize.name }
}
