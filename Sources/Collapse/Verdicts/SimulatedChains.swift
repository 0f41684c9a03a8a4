package import Compute

/// Simulated differences between an arm and its control, as chains make them: what a generation is
/// off by the next one inherits, and some seeds are far off. They tell how often verdicts are right.
package struct SimulatedChains: Sendable {
    /// How a difference moves with the generations, apart from noise.
    package enum Drift: String, Sendable, CaseIterable {
        case none, bounded, logarithmic, linear, exponential

        /// The difference at t of T generations, with a size of 1 at T.
        func value(_ t: Int, of generations: Int) -> Double {
            let (t, whole) = (Double(t), Double(generations))
            return switch self {
            case .none: 0
            // Within 2 % of the plateau when a quarter of the generations is left.
            case .bounded: 1 - Elementary.exp(-16 / 3 * t / whole)
            case .logarithmic: Elementary.log(1 + t) / Elementary.log(1 + whole)
            case .linear: t / whole
            case .exponential:
                (Elementary.exp(4 * t / whole) - 1) / (Elementary.exp(4) - 1)
            }
        }
    }

    package var drift: Drift
    /// The difference at the last generation.
    package var size: Double
    /// The deviation between seeds at the last generation.
    package var deviation: Double
    package var generations: Int
    /// Degrees of freedom of the noise: 3 is heavy-tailed.
    package var degrees: Int

    package init(
        drift: Drift, size: Double, deviation: Double, generations: Int = 12, degrees: Int = 3
    ) {
        self.drift = drift
        self.size = size
        self.deviation = deviation
        self.generations = generations
        self.degrees = degrees
    }

    /// Curves from generation 1 on, one for each seed.
    package func curves(seeds: Int, random: inout RandomStream) -> [[Double]] {
        (0..<seeds).map { _ in
            // A step of the noise has the same heavy tail in all generations of a seed.
            let scale = Self.tail(degrees, &random)
            var walk = 0.0
            return (1...generations).map { t in
                walk += random.normal() * scale * deviation / Double(generations).squareRoot()
                return size * drift.value(t, of: generations) + walk
            }
        }
    }

    /// The square root of degrees over a chi-squared variable: a normal number times it is Student's.
    private static func tail(_ degrees: Int, _ random: inout RandomStream) -> Double {
        var sum = 0.0
        for _ in 0..<degrees {
            let normal = random.normal()
            sum += normal * normal
        }
        return (Double(degrees) / sum).squareRoot()
    }
}
