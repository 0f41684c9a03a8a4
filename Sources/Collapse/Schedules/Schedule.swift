import Compute

/// A quantity as a function of the generation t = 0, 1, 2 ...: a real fraction or a sample size.
///
/// A schedule never knows how many generations a run has: where a shape needs an end, the end is
/// its own field (`horizon`), so that extending a run moves no earlier value.
public enum Schedule: Hashable, Sendable {
    /// The same value in every generation.
    case constant(Double)
    /// From `from` at t = 0 straight to `to` at t = horizon, constant afterwards.
    case linear(from: Double, to: Double, horizon: Int)
    /// scale * (t + 1)^-exponent; a negative exponent grows.
    case power(scale: Double, exponent: Double)
    /// initial * factor^t.
    case exponential(initial: Double, factor: Double)
    /// `values[0]` before `at[0]`, `values[1]` from there on, and so forth.
    case step(values: [Double], at: [Int])
    /// Half a cosine from `from` at t = 0 to `to` at t = horizon, constant afterwards.
    case cosine(from: Double, to: Double, horizon: Int)
    /// One value for each generation from 0; undefined after the last.
    case table([Double])

    /// The value at generation `t`; nil after the end of a table.
    public func value(at t: Int) -> Double? {
        precondition(t >= 0, "generation \(t) is negative")
        switch self {
        case .constant(let value):
            return value
        case .linear(let from, let to, let horizon):
            if t >= horizon { return to }
            return from + (to - from) * Double(t) / Double(horizon)
        case .power(let scale, let exponent):
            return scale * Elementary.power(Double(t + 1), -exponent)
        case .exponential(let initial, let factor):
            var value = initial
            for _ in 0..<t { value *= factor }
            return value
        case .step(let values, let at):
            return values[at.prefix { $0 <= t }.count]
        case .cosine(let from, let to, let horizon):
            if t >= horizon { return to }
            let weight = (1 + Elementary.cosinePi(Double(t) / Double(horizon))) / 2
            return to + (from - to) * weight
        case .table(let values):
            return t < values.count ? values[t] : nil
        }
    }

    /// The value as a whole number, rounded to nearest with ties to even.
    public func wholeNumber(at t: Int) -> Int? {
        value(at: t).map { Int($0.rounded(.toNearestOrEven)) }
    }
}
