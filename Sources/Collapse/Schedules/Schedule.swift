import Compute
public import Support

/// A quantity as a function of the generation t = 0, 1, 2 ...: a real fraction or a sample size.
///
/// A schedule never knows how many generations a run has: where a shape needs an end, the end is its
/// own field (`horizon`), so that extending a run moves no earlier value.
public enum Schedule: Hashable, Sendable {
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

extension Schedule {
    /// The keys of a schedule in a specification, with values within a range; a bare number is a constant.
    public static func type(_ range: ClosedRange<Double>) -> KeyType {
        let number = KeyType.number(range)
        let horizon = KeyDeclaration(
            "horizon", .integer(1...1_000_000), default: nil,
            help: "The generation at which the end value is reached.")
        return .tagged(
            TaggedGroup(
                tag: "schedule",
                variants: [
                    .init(
                        "constant",
                        [KeyDeclaration("value", number, default: nil, help: "The value.")],
                        help: "The same value in every generation."),
                    .init(
                        "linear",
                        [
                            KeyDeclaration("from", number, default: nil, help: "Value at t = 0."),
                            KeyDeclaration(
                                "to", number, default: nil, help: "Value at the horizon."),
                            horizon,
                        ], help: "A straight line up to the horizon, constant afterwards."),
                    .init(
                        "power",
                        [
                            KeyDeclaration("scale", number, default: nil, help: "Value at t = 0."),
                            KeyDeclaration(
                                "exponent", .number(-100...100), default: nil,
                                help: "b of scale * (t + 1)^-b; negative values grow."),
                        ], help: "A power of t + 1."),
                    .init(
                        "exponential",
                        [
                            KeyDeclaration(
                                "initial", number, default: nil, help: "Value at t = 0."),
                            KeyDeclaration(
                                "factor", .number(0...1e6), default: nil,
                                help: "What each generation multiplies by."),
                        ], help: "A geometric sequence."),
                    .init(
                        "step",
                        [
                            KeyDeclaration(
                                "values", .list(number), default: nil,
                                help: "The values, one more than the steps."),
                            KeyDeclaration(
                                "at", .list(.integer(1...1_000_000)), default: nil,
                                help: "The generations from which the next value holds, increasing."
                            ),
                        ], help: "Constant between steps."),
                    .init(
                        "cosine",
                        [
                            KeyDeclaration("from", number, default: nil, help: "Value at t = 0."),
                            KeyDeclaration(
                                "to", number, default: nil, help: "Value at the horizon."),
                            horizon,
                        ], help: "Half a cosine up to the horizon, constant afterwards."),
                    .init(
                        "table",
                        [
                            KeyDeclaration(
                                "values", .list(number), default: nil,
                                help: "One value for each generation from 0.")
                        ], help: "Explicit values."),
                ],
                shorthand: .init(type: number, variant: "constant", key: "value")))
    }

    /// The schedule that a resolved specification value describes.
    ///
    /// - Throws: `SpecificationIssue` where the fields contradict each other.
    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        func number(_ key: String) -> Double { value.required(key).numberValue }
        switch value.required("schedule").textValue {
        case "constant": self = .constant(number("value"))
        case "linear":
            self = .linear(
                from: number("from"), to: number("to"),
                horizon: value.required("horizon").integerValue)
        case "power": self = .power(scale: number("scale"), exponent: number("exponent"))
        case "exponential":
            self = .exponential(initial: number("initial"), factor: number("factor"))
        case "step":
            let values = value.required("values").listValue.map(\.numberValue)
            let at = value.required("at").listValue.map(\.integerValue)
            guard values.count == at.count + 1 else {
                throw SpecificationIssue(
                    path: ["values"],
                    message: "a step schedule with \(at.count) steps needs \(at.count + 1) values, "
                        + "not \(values.count)")
            }
            guard zip(at, at.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw SpecificationIssue(
                    path: ["at"], message: "the generations of a step schedule must increase")
            }
            self = .step(values: values, at: at)
        case "cosine":
            self = .cosine(
                from: number("from"), to: number("to"),
                horizon: value.required("horizon").integerValue)
        case "table":
            let values = value.required("values").listValue.map(\.numberValue)
            guard !values.isEmpty else {
                throw SpecificationIssue(path: ["values"], message: "a table needs a value")
            }
            self = .table(values)
        case let other: preconditionFailure("unknown schedule \(other)")
        }
    }
}

extension Shape where Value == Schedule {
    /// A schedule with values within a range.
    public static func schedule(_ range: ClosedRange<Double>) -> Shape {
        Shape(
            Schedule.type(range),
            read: { value throws(SpecificationIssue) in try Schedule(value) })
    }
}
