package import Collapse
import Support

extension DiscreteSetting {
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "discrete",
            summary:
                "A discrete next-token source and the n-gram model of its order: every distance from the "
                + "truth is exact.",
            version: 1,
            sizeUnit: "draws",
            keys: keys,
            evaluations: [.init("distribution", version: 1)],
            metrics: DiscreteMetric.allCases.map(\.declaration),
            headline: DiscreteMetric.squaredError.name,
            panels: [
                panel("Error", "Chi-squared distance from the truth", [.chiSquared], isLog: true),
                panel("Error", "Excess cross-entropy", [.excessCrossEntropy]),
                panel("Error", "Total variation from the truth", [.totalVariation]),
                panel("Error", "Drift from generation 0", [.drift]),
                panel("Spread", "Sum of squared probabilities", [.sumOfSquares]),
                panel("Spread", "Entropy", [.entropy]),
                panel("Tails", "Symbols alive", [.alive]),
                panel("Tails", "n-grams alive", [.aliveNGrams]),
                panel("Tails", "Unseen true mass", [.unseenMass], isLog: true),
                PanelDeclaration(
                    section: "Tails", title: "Unseen true mass along the sample size",
                    metrics: [DiscreteMetric.unseenMass.name], logarithmic: true,
                    against: "data.size"),
                panel("Collapse", "Share of collapsed contexts", [.collapsed]),
                panel("Collapse", "Fits until one symbol is left", [.fitsToCollapse]),
                PanelDeclaration(
                    section: "Collapse",
                    title: "Fits until one symbol is left along the sample size",
                    metrics: [DiscreteMetric.fitsToCollapse.name], logarithmic: true,
                    against: "data.size"),
                panel("Data", "Effective real sample", [.effectiveSample]),
            ],
            recordUnit: .chains(seeds: 250))
    }

    private static func panel(
        _ section: String, _ title: String, _ metrics: [DiscreteMetric], isLog: Bool = false
    ) -> PanelDeclaration {
        PanelDeclaration(
            section: section, title: title, metrics: metrics.map(\.name), logarithmic: isLog)
    }

    static let source = Key<DiscreteSourceChoice>(
        "source", .tagged, filledFrom: DiscreteSourceChoice.defaultValue,
        help: "The true distribution of the next symbol.")
    static let smoothing = Key<DiscreteSmoothing>(
        "smoothing", .tagged, filledFrom: DiscreteSmoothing.defaultValue,
        help: "How counts become probabilities.")
    static let contexts = Key<ContextPolicy>(
        "contexts", .choice, default: .chain,
        help:
            "At order 1 and above: truth draws the context of every example from the true distribution; "
            + "chain lets models (and the truth) write documents whose contexts are their own "
            + "symbols.")
    static let documentLength = Key(
        "document-length", .integer(1...1_000_000), default: 400,
        help: "Draws in a document with contexts: chain.")
    static let scoringSmoothing = Key(
        "scoring-smoothing", .number(0...1e6), default: 0,
        help:
            "Added to every count before the excess cross-entropy is measured, so that a lost "
            + "symbol costs a finite amount; 0 measures the model as it is.")
    static let recordedMetrics = Key<[DiscreteMetric]>(
        "metrics", .list(.choice), default: [],
        help: "The metrics that are recorded; an empty list records all.")

    @KeyList private static var keys: [KeyDeclaration] {
        source
        smoothing
        contexts
        documentLength
        DecodingRule.keys
        scoringSmoothing
        recordedMetrics
    }
}

extension DiscreteMetric {
    fileprivate var declaration: MetricDeclaration {
        let (title, unit, direction, help): (String, String, MetricDeclaration.Direction, String) =
            switch self {
            case .squaredError:
                (
                    "squared error of the distribution", "", .lowerIsBetter,
                    "Squared L2 distance of the model's distribution from the true one."
                )
            case .chiSquared:
                (
                    "chi-squared distance", "", .lowerIsBetter,
                    "Sum of (q - p)^2/p over symbols, with p the truth and q the model."
                )
            case .excessCrossEntropy:
                (
                    "excess cross-entropy", "nats", .lowerIsBetter,
                    "Kullback-Leibler divergence of the model from the truth: infinite once a symbol "
                        + "of the truth is lost, unless scoring-smoothing is set."
                )
            case .totalVariation:
                (
                    "total variation", "", .lowerIsBetter,
                    "Half the L1 distance of the model's distribution from the true one."
                )
            case .entropy:
                ("entropy of the model", "nats", .neither, "Entropy of the model's distribution.")
            case .sumOfSquares:
                (
                    "sum of squared probabilities", "", .neither,
                    "Sum of q^2: 1 once one symbol is left."
                )
            case .alive:
                (
                    "symbols alive", "symbols", .higherIsBetter,
                    "Symbols that occur in the training data."
                )
            case .aliveNGrams:
                (
                    "n-grams alive", "n-grams", .higherIsBetter,
                    "Pairs of a context and a symbol that occur in the training data."
                )
            case .unseenMass:
                (
                    "unseen mass", "", .lowerIsBetter,
                    "True probability of the symbols that the training data lack: the error of a "
                        + "learner that memorises."
                )
            case .drift:
                (
                    "drift from generation 0", "", .lowerIsBetter,
                    "L1 distance of the model's distribution from generation 0's."
                )
            case .collapsed:
                (
                    "collapsed", "", .lowerIsBetter,
                    "Share of contexts, by the true distribution, in which the model knows one symbol only."
                )
            case .fitsToCollapse:
                (
                    "fits until one symbol is left", "fits", .higherIsBetter,
                    "The number of fits until the data had one symbol left in every context; all fits "
                        + "so far while they have more."
                )
            case .effectiveSample:
                (
                    "effective real sample", "draws", .higherIsBetter,
                    "Sum of n a^2 over the generations that the data descend from, with n the data and "
                        + "a its real share; counts replayed data every time."
                )
            }
        return MetricDeclaration(
            name, title: title, unit: unit, direction: direction,
            help: help + " Rows count with the true distribution of contexts.")
    }
}
