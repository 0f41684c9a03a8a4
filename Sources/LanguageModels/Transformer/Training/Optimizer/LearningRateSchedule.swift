import Compute

/// How the learning rate moves over a fit, as a share of its peak.
///
/// Every shape begins with a straight rise. With W = ``warmupFraction`` times the number of steps,
/// step s (from 0) below W has the share (s + 1) / W. What follows is a function of the progress (s
/// - W) / (steps - W).
package struct LearningRateSchedule: Hashable, Sendable {
    /// What comes after the rise, spelled as in a specification.
    package enum Shape: String, CaseIterable, Sendable {
        /// Half a cosine down to the final share (Loshchilov and Hutter 2017).
        case cosine
        /// A straight line down to the final share.
        case linear
        /// The peak to the end; the final share is not used.
        case constant
        /// The peak, then one minus a square root down to the final share over the last part of the
        /// steps (Hu et al. 2024; the form of the decay is that of Hägele et al. 2024).
        case warmupStableDecay = "warmup-stable-decay"
    }

    /// What the rate does after the rise.
    package var shape: Shape
    /// The share of all steps over which the rate rises.
    package var warmupFraction: Double
    /// The rate after the last step as a share of the peak.
    package var finalFraction: Double
    /// The share of all steps over which `warmup-stable-decay` falls.
    package var decayFraction: Double

    package init(
        _ shape: Shape = .cosine, warmupFraction: Double = 0.05, finalFraction: Double = 0.1,
        decayFraction: Double = 0.2
    ) {
        self.shape = shape
        self.warmupFraction = warmupFraction
        self.finalFraction = finalFraction
        self.decayFraction = decayFraction
    }

    /// The peak throughout: no rise and no fall.
    package static let flat = LearningRateSchedule(.constant, warmupFraction: 0)

    /// The share of the peak at a step, counted from 0.
    package func factor(step: Int, of steps: Int) -> Double {
        let warmup = warmupFraction * Double(steps)
        if Double(step + 1) <= warmup { return Double(step + 1) / warmup }
        func fall(from start: Double) -> Double {
            min(1, max(0, (Double(step) - start) / max(1, Double(steps) - start)))
        }
        let kept: Double
        switch shape {
        case .cosine: kept = 0.5 * (1 + Elementary.cosinePi(fall(from: warmup)))
        case .linear: kept = 1 - fall(from: warmup)
        case .constant: return 1
        case .warmupStableDecay:
            let start = max(warmup, (1 - decayFraction) * Double(steps))
            kept = 1 - fall(from: start).squareRoot()
        }
        return finalFraction + (1 - finalFraction) * kept
    }

    /// The share after the last step, from which a later fit goes on.
    package var end: Double { shape == .constant ? 1 : finalFraction }
}
