package import Collapse
import Support

extension ContaminatedClassificationSetting {
    enum Metric {
        static let error = "classification.error_mass"
        static let stuck = "classification.stuck_mass"
        static let stuckShare = "classification.stuck_share"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "contaminated-classification",
            summary:
                "A classifier on a finite domain whose own labels come back unmarked "
                + "(Amin et al. 2026).",
            version: 1, sizeUnit: "examples",
            keys: keys,
            evaluations: [.init("error", version: 1)],
            metrics: [
                MetricDeclaration(
                    Metric.error, title: "error", direction: .lowerIsBetter,
                    help: "Probability of the points that the classifier gets wrong."),
                MetricDeclaration(
                    Metric.stuck, title: "stuck mass", direction: .lowerIsBetter,
                    help: "Probability of the points that generation 0 got wrong and that are "
                        + "wrong now."),
                MetricDeclaration(
                    Metric.stuckShare, title: "share of generation 0's errors that are left",
                    direction: .lowerIsBetter,
                    help: "Stuck mass over generation 0's error; undefined where it made none."),
            ],
            headline: Metric.error,
            panels: [
                PanelDeclaration(
                    section: "Error", title: "Error on a logarithmic axis",
                    metrics: [Metric.error], logarithmic: true),
                PanelDeclaration(
                    section: "Error", title: "What is left of generation 0's errors",
                    metrics: [Metric.stuckShare]),
            ],
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
