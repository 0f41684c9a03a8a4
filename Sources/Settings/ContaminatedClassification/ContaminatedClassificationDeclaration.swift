package import Collapse
import Support

extension ContaminatedClassificationSetting {
    /// The setting `contaminated-classification`; sizes count examples.
    ///
    /// Its evaluation is `error`.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "contaminated-classification",
            summary:
                "A classifier on a finite domain whose own labels come back unmarked "
                + "(Amin et al. 2026).",
            version: 1, sizeUnit: "examples",
            keys: keys,
            evaluations: [.init("error", version: 1)],
            metrics: Metric.all,
            headline: Metric.error,
            definitions: DefinitionRule.risk(Metric.error, margin: 0.01, catastrophic: 0.25),
            panels: Metric.panels,
            recordUnit: .chains(seeds: 250))
    }

    static let syntheticFraction = Key(
        "synthetic-fraction", .number(0...1),
        help: "s, the probability that an example of generation 1 or later bears the "
            + "published classifier's label.")
    static let learner = Key<Learner>(
        "learner", .choice, default: .repeatedERM,
        help: "repeated-erm takes the majority of all labels, ties keep the label; "
            + "disagreement counts the labels that contradict the classifier published at "
            + "their time, which can only be real.")
    static let concept = Key<Concept>(
        "concept", .choice, default: .arbitrary,
        help:
            "The truth and the learner's hypotheses: any labels, or the points from a "
            + "threshold on.")
    static let domainSize = Key(
        "domain-size", .integer(1...100_000), default: 20, help: "The number of points.")
    static let massExponent = Key(
        "mass-exponent", .number(0...10), default: 0,
        help: "The k-th point has a probability in proportion to k^-exponent.")
    static let positiveShare = Key(
        "positive-share", .number(0...1), default: 1,
        help:
            "The probability that an arbitrary concept's point is positive. Unseen points "
            + "are called negative, so 1 makes every unseen point wrong.")

    @KeyList private static var keys: [KeyDeclaration] {
        syntheticFraction
        learner
        concept
        domainSize
        massExponent
        positiveShare
    }
}
