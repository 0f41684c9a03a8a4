import Collapse

/// The metrics of the setting, exact for each model; a specification may choose some of them.
enum DiscreteMetric: String, CaseIterable, Sendable {
    case squaredError = "squared_error"
    case chiSquared = "chi_squared"
    case excessCrossEntropy = "excess_cross_entropy"
    case totalVariation = "total_variation"
    case entropy
    case sumOfSquares = "sum_of_squares"
    case alive
    case aliveNGrams = "alive_ngrams"
    case unseenMass = "unseen_mass"
    case drift
    case collapsed
    case fitsToCollapse = "fits_to_collapse"
    case effectiveSample = "effective_sample"
}

extension DiscreteMetric {
    var declaration: MetricDeclaration {
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
            "discrete." + rawValue, title: title, unit: unit, direction: direction,
            help: help + " Rows count with the true distribution of contexts.",
            countsUntilEvent: self == .fitsToCollapse)
    }

    static let panels = [
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
            metrics: [unseenMass.declaration], logarithmic: true,
            against: DataMetrics.size),
        panel("Collapse", "Share of collapsed contexts", [.collapsed]),
        panel("Collapse", "Fits until one symbol is left", [.fitsToCollapse]),
        PanelDeclaration(
            section: "Collapse",
            title: "Fits until one symbol is left along the sample size",
            metrics: [fitsToCollapse.declaration], logarithmic: true,
            against: DataMetrics.size),
        panel("Data", "Effective real sample", [.effectiveSample]),
    ]

    private static func panel(
        _ section: String, _ title: String, _ metrics: [DiscreteMetric], isLog: Bool = false
    ) -> PanelDeclaration {
        PanelDeclaration(
            section: section, title: title, metrics: metrics.map(\.declaration),
            logarithmic: isLog)
    }
}
