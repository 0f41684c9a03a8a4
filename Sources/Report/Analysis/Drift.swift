import Collapse
import Compute

/// In which direction an arm drifts from its control.
struct Drift: Sendable {
    enum Direction: String, Sendable {
        /// Towards what is common: samples lose variety, or are likelier and models surer.
        case sharpening
        /// Towards what is random: samples are less likely, or models less sure.
        case noising
        /// Samples lose variety, and what is left is less likely.
        case both
        /// Every component is equivalent to the control's.
        case neither
        /// Nothing can be told from nothing, and nothing is shown to be nothing either.
        case undecided
    }

    /// A component's difference from the control.
    struct Sign: Sendable {
        enum State: Hashable, Sendable {
            /// The interval lies beyond the margin.
            case above, below
            /// The interval lies within the margins.
            case equivalent
            /// The interval reaches over a margin.
            case undecided
            /// There is no finite difference, or fewer than three seeds have one.
            case unknown
        }

        var component: DriftDeclaration.Component
        /// Over the seeds that have both; differences, or logarithms of ratios.
        var summary: Summary
        var state: State

        init(_ component: DriftDeclaration.Component, differences: [Double]) {
            self.component = component
            summary = Summary(differences)
            let half = summary.halfWidth()
            let (low, high) = (summary.mean - half, summary.mean + half)
            let margin = component.margin
            guard differences.count >= Drift.leastSeeds, low.isFinite, high.isFinite else {
                state = .unknown
                return
            }
            state =
                low > margin
                ? .above
                : high < -margin
                    ? .below : low >= -margin && high <= margin ? .equivalent : .undecided
        }
    }

    /// Below this an interval says little.
    static let leastSeeds = 3

    /// What is compared with, and when.
    var reference: Excess.Reference
    var generation: Int
    var signs: [Sign]

    /// Whether a sign is one of those that the direction rests on.
    func supports(_ sign: Sign) -> Bool {
        switch (direction, sign.state) {
        case (.sharpening, .below), (.both, .below): sign.component.role != .head
        case (.noising, .above):
            sign.component.role == .diversity || sign.component.role == .likelihood || keepsVariety
        case (.both, .above): sign.component.role == .likelihood
        default: false
        }
    }

    /// The most seeds that a component was compared on.
    var seedCount: Int { signs.map(\.summary.count).max() ?? 0 }

    /// What the signs say together.
    ///
    /// A generator whose samples have lost variety, or may have, says anything after contexts that
    /// it no longer writes: how sure a model is there, and what common tokens cost it, counts only
    /// where variety is known to be kept. Real data alone drifts nowhere; what differs between its
    /// generations is chance.
    var direction: Direction {
        func has(_ state: Sign.State, _ roles: DriftDeclaration.Role...) -> Bool {
            signs.contains { $0.state == state && roles.contains($0.component.role) }
        }
        guard reference != .itself else { return isEquivalent ? .neither : .undecided }
        let sharpens =
            has(.below, .diversity) || (has(.below, .likelihood) && !has(.above, .diversity))
            || (has(.below, .entropy) && keepsVariety && !has(.above, .diversity))
        let noises =
            has(.above, .likelihood)
            || (!sharpens
                && (has(.above, .diversity) || (keepsVariety && has(.above, .entropy, .head))))
        switch (sharpens, noises) {
        case (true, true): return .both
        case (true, false): return .sharpening
        case (false, true): return .noising
        case (false, false): return isEquivalent ? .neither : .undecided
        }
    }

    private var isEquivalent: Bool {
        !signs.isEmpty && signs.allSatisfy { $0.state == .equivalent }
    }

    /// Whether samples are known to be about as varied as the control's, or more.
    private var keepsVariety: Bool {
        let diversity = signs.filter { $0.component.role == .diversity }
        return !diversity.isEmpty
            && diversity.allSatisfy { $0.state == .equivalent || $0.state == .above }
    }
}

extension Analysis {
    /// The drift of an arm at the last generation that it can be compared at; nil where the setting
    /// names no components or nothing of them was measured.
    ///
    /// An arm that trains on real data alone is compared with its own generation 1: generation 0's
    /// data is also what tokenizers and the like were made from.
    func drift(of arm: Int) -> Drift? {
        guard let declaration = results.setting.drift, let excess = lastExcess(of: arm) else {
            return nil
        }
        let (reference, generation) = (excess.reference, excess.generation)
        let otherGeneration: Int
        switch reference {
        case .control, .realArm: otherGeneration = generation
        case .generation0: otherGeneration = 0
        case .itself:
            guard hasOneSize(results.arms[arm].name, upTo: generation) else { return nil }
            otherGeneration = 1
        }
        guard generation > 0, reference.arm != nil || generation > otherGeneration else {
            return nil
        }
        let signs = declaration.components.map { component in
            let pairs = pairs(
                of: component.metric, arm: arm, at: generation,
                with: (reference.arm, otherGeneration)
            ).compactMap(\.self)
            return Drift.Sign(
                component,
                differences: pairs.map {
                    component.isRatio
                        ? Elementary.log($0.own / $0.other)
                        : RoundingNoise.difference($0.own, $0.other)
                })
        }
        guard signs.contains(where: { $0.summary.count > 0 }) else { return nil }
        return Drift(reference: reference, generation: generation, signs: signs)
    }

    /// Whether an arm trains on as much in every generation.
    private func hasOneSize(_ arm: String, upTo generation: Int) -> Bool {
        let sizes = (1...max(1, generation)).flatMap {
            results.metrics.values(
                arm: arm, generation: $0, metric: DataMetrics.size.name, seeds: results.seeds)
        }
        guard let least = sizes.min(), let most = sizes.max() else { return false }
        return most - least <= 0.01 * most
    }
}
