/// The published senses of "model collapse", as Schaeffer et al. (2025, arXiv 2503.03150) list them.
public enum CollapseDefinition: String, CaseIterable, Codable, Sendable {
    /// Any increase of the population risk.
    case populationRisk = "population-risk"
    /// An increase of the risk that makes the model useless.
    case catastrophic
    /// A risk that grows without end.
    case divergence
    /// Variance, or variety, that vanishes.
    case variance
    /// A change of the law by which risk falls with size.
    case scalingLaw = "scaling-law"
    /// Real modes that disappear or merge.
    case modes
    /// Real tails that disappear.
    case tails
    /// Data that appear and are not real.
    case hallucination

    /// The definition in words.
    public var title: String {
        switch self {
        case .populationRisk: "population risk"
        case .scalingLaw: "scaling law"
        default: rawValue
        }
    }

    /// Whether it speaks of a risk, which more real data only lower.
    public var isOfRisk: Bool {
        [.populationRisk, .catastrophic, .divergence, .scalingLaw].contains(self)
    }

    /// What must be there before anything can be said, where a setting has no rule for it.
    public var withoutDesign: String {
        switch self {
        case .scalingLaw:
            "a change of a scaling law needs a sweep of the size of data with controls: sweep "
                + "sample-size over three sizes or more"
        default: "no metric of this setting speaks of it"
        }
    }
}

/// How a setting decides one definition: the metric, which way is worse, and what counts as nothing.
public struct DefinitionRule: Hashable, Sendable {
    /// What of a metric is tested.
    public enum Statistic: Hashable, Sendable {
        /// The difference from the reference at the last generation.
        case level
        /// Whether the difference still grows: its rise from the third quarter of the generations to
        /// the fourth, beside the rise before.
        case growth
        /// Whether a risk falls with the size of the data as the control's does. Of ratios: the share of
        /// what the control gains from the middle of the swept sizes to the largest that the arm does
        /// not gain. Of differences, where nobody knows what is irreducible: by how much the excess at
        /// the largest size is above what it were if it fell like the control's own gains.
        case scaling
    }

    public var definition: CollapseDefinition
    /// The metric's name.
    public var metric: String
    /// Whether larger values are worse.
    public var largerIsWorse: Bool
    /// Whether arms are compared by the logarithm of the ratio, not by the difference.
    public var isRatio: Bool
    /// Whether arms are compared by their difference as a share of the arm's own risk in generation 0,
    /// a level by the logarithm of one more than it. A control whose data grow falls towards 0, and a
    /// ratio to it grows without end though the arm's own risk stays where it is.
    public var isShareOfStart: Bool
    /// Differences of at most this much count as none, in the metric's unit or as a logarithm.
    public var margin: Double
    public var statistic: Statistic
    /// Whether the other way is better. A variance that grows, or samples that are likelier than real
    /// text, are no improvement: they are only not this collapse.
    public var improves: Bool

    public init(
        _ definition: CollapseDefinition, _ metric: MetricDeclaration, largerIsWorse: Bool = true,
        isRatio: Bool = false, isShareOfStart: Bool = false, margin: Double,
        statistic: Statistic = .level, improves: Bool = true
    ) {
        self.definition = definition
        self.metric = metric.name
        self.largerIsWorse = largerIsWorse
        self.isRatio = isRatio
        self.isShareOfStart = isShareOfStart
        self.margin = margin
        self.statistic = statistic
        self.improves = improves
    }

    /// The rules that speak of a risk: any increase, one beyond `catastrophic`, one without end, and
    /// one that larger data take away less of than they should.
    ///
    /// - Parameters:
    ///   - metric: The risk.
    ///   - largerIsWorse: False for an accuracy or a score.
    ///   - isRatio: Whether arms are compared by the logarithm of the ratio.
    ///   - margin: Differences that count as none.
    ///   - catastrophic: The difference beyond which the model is useless.
    /// - Returns: Four rules.
    public static func risk(
        _ metric: MetricDeclaration, largerIsWorse: Bool = true, isRatio: Bool = false,
        margin: Double, catastrophic: Double
    ) -> [DefinitionRule] {
        func rule(
            _ definition: CollapseDefinition, _ margin: Double, _ statistic: Statistic = .level
        ) -> DefinitionRule {
            let isShare = isRatio && definition != .populationRisk
            return DefinitionRule(
                definition, metric, largerIsWorse: largerIsWorse, isRatio: isRatio && !isShare,
                isShareOfStart: isShare, margin: margin, statistic: statistic)
        }
        return [
            rule(.populationRisk, margin), rule(.catastrophic, catastrophic),
            rule(.divergence, margin, .growth),
            // More is worse whatever the metric's direction is.
            DefinitionRule(
                .scalingLaw, metric, isRatio: isRatio, margin: isRatio ? scalingMargin : margin,
                statistic: .scaling),
        ]
    }

    /// ``risk(_:largerIsWorse:isRatio:margin:catastrophic:)`` of a squared error, compared by ratios:
    /// a tenth more or less counts as none, ten times as much as a catastrophe.
    public static func error(_ metric: MetricDeclaration) -> [DefinitionRule] {
        risk(metric, isRatio: true, margin: 0.1, catastrophic: 2.3)
    }

    /// A scaling law that gives a quarter less than the control's counts as the same.
    static let scalingMargin = 0.25

    /// Below this an interval says little.
    public static let leastSeeds = 3

    /// The generations after 0 without which the statistic says nothing.
    public var leastGenerations: Int { statistic == .growth ? 8 : 1 }

    /// Below this a sweep of sizes tells no law.
    public static let leastSizes = 3

    /// What is tested, with which way is worse and what counts as nothing, in words.
    ///
    /// - Parameters:
    ///   - metric: What the reader calls the metric.
    ///   - unit: Of its differences; nothing for a pure number.
    ///   - reference: What arms are held against.
    /// - Returns: A clause.
    public func words(metric: String, unit: String, reference: String) -> String {
        let counted =
            switch (statistic, isRatio) {
            case (.scaling, true): " as a share of what \(reference) gains"
            case (.level, _) where isShareOfStart:
                " in the logarithm of one more than the difference's share of the risk in generation 0"
            case (.growth, _) where isShareOfStart: " as a share of the risk in generation 0"
            case (_, true): " in the logarithm of the ratio"
            case (_, false): unit.isEmpty ? "" : " \(unit)"
            }
        let subject =
            switch statistic {
            case .level: "\(metric) at the last generation against \(reference)"
            case .growth:
                "whether \(metric) still moves away from \(reference), from the third quarter of the "
                    + "generations to the fourth, by more than \(VerdictTests.saturatingShare) of the "
                    + "move before, which is no saturation's"
            case .scaling where !isRatio:
                "how far, at the last generation and the largest of the swept sizes, the excess of "
                    + "\(metric) over \(reference) is above what it were if it fell with the size as "
                    + "\(reference) falls"
            case .scaling:
                "how much of what \(reference) gains in \(metric) from the middle of the swept sizes to "
                    + "the largest, at the last generation, the arm does not gain"
            }
        let other =
            improves ? "" : " and \(largerIsWorse ? "less" : "more") no better, only not worse"
        return "\(subject): \(largerIsWorse ? "more" : "less") is worse\(other), and up to "
            + "\(margin)\(counted) counts as none"
    }
}
