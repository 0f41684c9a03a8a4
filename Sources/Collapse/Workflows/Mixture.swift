public import Support

/// How the real part of a mixture is drawn.
public enum RealDataPolicy: String, CaseIterable, Sendable {
    /// New draws in each generation.
    case fresh
    /// A random part of generation 0's, drawn anew in each generation.
    case replayed
    /// The first part of generation 0's, the same in each generation.
    case kept
}

/// A fixed budget with real fraction alpha_t; the rest are the newest samples.
///
/// Fresh real data contracts the loop to the truth, replayed or kept real data to the real sample,
/// whose error is the floor: the limits differ.
public struct Mixture: Workflow {
    public static let name = "mixture"
    public static let help = "A real fraction and, for the rest, the newest samples."
    public static let example: [SpecificationMap.Entry]? = [
        .init(realFraction.name, .number(0.1)),
        .init(realData.name, .text(RealDataPolicy.fresh.rawValue)),
    ]

    /// alpha_t, from 0 to 1; nil for workflows other than a mixture.
    public static let realFraction = Key<Schedule?>(
        "real-fraction", .optional(.schedule(0...1)), default: .some(nil),
        hashed: .never(because: "each fit is named by the sizes that it plans"),
        help: "alpha_t, the share of real data in a mixture, for t >= 1.")
    /// How the real part is drawn; nil for workflows other than a mixture.
    public static let realData = Key<RealDataPolicy?>(
        "real-data", .optional(.choice), default: .some(nil),
        hashed: .never(because: "each fit is named by the draws that it plans"),
        help: "Whether the real part of a mixture is fresh (new draws in each generation), "
            + "replayed (examples of generation 0, chosen anew) or kept (the first examples of "
            + "generation 0, always the same). The limits differ, so a mixture must say.")

    @KeyList public static var keys: [KeyDeclaration] {
        realFraction
        realData
    }

    private let fraction: Schedule
    private let policy: RealDataPolicy

    public init(realFraction: Schedule, realData: RealDataPolicy) {
        fraction = realFraction
        policy = realData
    }

    public init(_ arm: SpecificationValue) throws(SpecificationIssue) {
        guard let fraction = try arm[Self.realFraction] else {
            throw SpecificationIssue(
                path: [Self.realFraction.name],
                message: "a mixture needs real-fraction, the share of real data (0 to 1)")
        }
        guard let policy = try arm[Self.realData] else {
            throw SpecificationIssue(
                path: [Self.realData.name],
                message:
                    "a mixture must say whether its real data is fresh, replayed or kept: the limits "
                    + "differ")
        }
        self.init(realFraction: fraction, realData: policy)
    }

    public func composition(
        at t: Int, in context: CompositionContext
    ) throws(SpecificationIssue) -> Composition {
        let size = context.sampleSizes[t]
        let real = Int((try realShare(at: t, context) * Double(size)).rounded(.toNearestOrEven))
        var parts: [Composition.Part] = []
        if real > 0 {
            switch policy {
            case .fresh: parts.append(.real(.init(start: context.freshStart, size: real)))
            case .replayed: parts.append(.replayed(context.initialDraw, size: real))
            case .kept:
                parts.append(.real(.init(start: context.initialDraw.start, size: real)))
            }
        }
        if real < size { parts.append(.synthetic(generation: t, size: size - real)) }
        return Composition(parts: parts)
    }

    private func realShare(
        at t: Int, _ context: CompositionContext
    ) throws(SpecificationIssue) -> Double {
        let key = Self.realFraction.name
        guard let share = fraction.value(at: t) else {
            throw SpecificationIssue(
                path: [key, "values"],
                message: "the table ends before generation \(t): give "
                    + "\(context.generations + 1) values")
        }
        guard share >= 0, share <= 1 else {
            throw SpecificationIssue(
                path: [key],
                message: "the real fraction of generation \(t) is \(share), outside 0 to 1")
        }
        return share
    }

    public var sampleUse: SampleUse { .prefix }

    public var summary: String {
        guard case .constant(let share) = fraction else {
            return "real fraction by schedule (\(policy.rawValue)), the rest newest samples"
        }
        return share == 1
            ? "real data only (\(policy.rawValue))"
            : "\(percent(share)) real (\(policy.rawValue)), the rest newest samples"
    }

    private func percent(_ fraction: Double) -> String {
        let tenths = (fraction * 1_000).rounded() / 10
        return (tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)") + " %"
    }
}
