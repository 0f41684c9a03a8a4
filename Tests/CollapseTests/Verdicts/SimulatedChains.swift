import Collapse
import Compute

/// Simulated differences between an arm and its control, as chains make them: what a generation is
/// off by the next one inherits, and some seeds are far off.
struct SimulatedChains {
    /// How a difference moves with the generations, apart from noise.
    enum Drift: Sendable, CaseIterable {
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

    var drift: Drift
    /// The difference at the last generation.
    var size: Double
    /// The deviation between seeds at the last generation.
    var deviation: Double
    var generations = 12
    /// Degrees of freedom of the noise: 3 is heavy-tailed.
    var degrees = 3

    /// Curves from generation 1 on, one for each seed.
    func curves(seeds: Int, random: inout RandomStream) -> [[Double]] {
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
