import Compute
public import Support

/// What becomes of the probability c that an example is synthetic.
public enum DetectorUse: TaggedKeys, Hashable {
    /// Examples are drawn in proportion to (1 - c)^bias, `copies` times each at most, until they have
    /// `upsample` times the size they had (Drayson et al. 2025, whose examples are of one size).
    case resample(bias: Double, upsample: Double, copies: Int)
    /// Examples weigh (1 - c)^bias, scaled to a mean of 1.
    case weight(bias: Double)
    /// The share of examples with the smallest probability is kept, one at least.
    case keepShare(Double)
    /// So many examples with the smallest probability are kept, where there are as many.
    case keepCount(Int)

    private enum Rule: String, CaseIterable, Sendable {
        case resample, weight
        case keepShare = "keep-share"
        case keepCount = "keep-count"
    }

    private static let rule = Key<Rule>(
        "rule", .choice, help: "What becomes of the probability c that an example is synthetic.")
    private static let bias = Key(
        "bias", .number(0...1_000), default: 10,
        help: "b of the weight (1 - c)^b; 0 makes all equal.")
    private static let upsample = Key(
        "upsample", .number(1e-6...1_000), default: 1.5,
        help: "The size of what is drawn, over the size of what was there; the last example is cut "
            + "where needed.")
    private static let copies = Key(
        "max-repeats", .integer(1...1_000), default: 10,
        help: "How often an example can be drawn.")
    private static let share = Key(
        "share", .number(0...1), help: "The share of the examples that is kept, one at least.")
    private static let count = Key(
        "count", .integer(1...1_000_000_000),
        help: "How many examples are kept, where there are as many.")

    static let key = Key<DetectorUse>(
        "use", .tagged, filledFrom: .map([.init(rule.name, .text(Rule.resample.rawValue))]),
        help: "What becomes of the probability c that an example is synthetic.")

    public static var group: TaggedGroup {
        TaggedGroup(
            tag: rule.name,
            variants: [
                .init(
                    Rule.resample.rawValue,
                    [bias.declaration, upsample.declaration, copies.declaration],
                    help: "Draw examples in proportion to (1 - c)^b. The defaults are those of "
                        + "the code of Drayson et al. (2025)."),
                .init(
                    Rule.weight.rawValue, [bias.declaration],
                    help: "Weight examples by (1 - c)^b, scaled to a mean of 1."),
                .init(
                    Rule.keepShare.rawValue, [share.declaration],
                    help: "Keep the share of the examples with the smallest c."),
                .init(
                    Rule.keepCount.rawValue, [count.declaration],
                    help: "Keep the examples with the smallest c, a fixed number of them, as "
                        + "Latent Space Filtering does."),
            ])
    }

    public init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.rule] {
        case .resample:
            let (factor, copies) = (try values[Self.upsample], try values[Self.copies])
            guard factor <= Double(copies) else {
                throw SpecificationIssue(
                    path: [Self.upsample.name],
                    message: "\(factor) times as much cannot be drawn where each example is drawn "
                        + "\(copies) times at most: lower upsample, or raise max-repeats")
            }
            self = .resample(bias: try values[Self.bias], upsample: factor, copies: copies)
        case .weight: self = .weight(bias: try values[Self.bias])
        case .keepShare: self = .keepShare(try values[Self.share])
        case .keepCount: self = .keepCount(try values[Self.count])
        }
    }

    /// b of the weights (1 - c)^b; nil for the rules that only rank.
    var bias: Double? {
        switch self {
        case .resample(let bias, _, _), .weight(let bias): bias
        case .keepShare, .keepCount: nil
        }
    }
}
