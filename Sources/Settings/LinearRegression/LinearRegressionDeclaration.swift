package import Collapse
import Support

extension LinearRegressionSetting {
    enum Metric {
        static let testError = "regression.test_error"
        static let downstreamError = "regression.downstream_error"
        static let downstreamPenalty = "regression.downstream_penalty"
        /// As the loop names what a fit measured of itself.
        static let penalty = "fit.penalty"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "linear-regression",
            summary: "A linear model that labels its own training data, with the exact error.",
            version: 1, sizeUnit: "examples", keys: keys,
            evaluations: [.init("error", version: 1), .init("downstream", version: 1)],
            metrics: metrics, headline: Metric.testError,
            panels: [
                PanelDeclaration(
                    section: "Error", title: "Test error, logarithmic",
                    metrics: [Metric.testError], logarithmic: true),
                PanelDeclaration(
                    section: "Downstream", title: "Downstream error",
                    metrics: [Metric.downstreamError]),
                PanelDeclaration(
                    section: "Penalty", title: "Downstream penalty",
                    metrics: [Metric.downstreamPenalty], logarithmic: true),
                PanelDeclaration(
                    section: "Penalty", title: "Penalty of the chain", metrics: [Metric.penalty],
                    logarithmic: true),
            ],
            recordUnit: .chains(seeds: 10))
    }

    private static var keys: [KeyDeclaration] {
        [
            KeyDeclaration(
                "dimension", .integer(1...100_000), default: .integer(10),
                help: "d, the number of inputs of the regression."),
            KeyDeclaration(
                "noise", .number(0...1e12), default: .number(1),
                help: "sigma^2, the variance of the noise on real labels."),
            KeyDeclaration(
                "synthetic-noise", .optional(.number(0...1e12)), default: .null,
                help: "The variance of the noise that is added to a model's labels; null for noise."
            ),
            KeyDeclaration(
                "design", .choice(RegressionTask.Design.allCases.map(\.rawValue)),
                default: .text(RegressionTask.Design.same.rawValue),
                help: "Whether a model labels the inputs of generation 0 again (same, as Kazdan et "
                    + "al. and Gerstgrasser et al. do) or new ones in each generation (fresh, as "
                    + "Dohmatob et al. do). With fewer examples than dimensions the limits differ."
            ),
            KeyDeclaration(
                "spectrum", Spectrum.type, default: Spectrum.defaultValue,
                help: "Sigma, the covariance of the inputs."),
            KeyDeclaration(
                "truth", RegressionTruth.type, default: RegressionTruth.defaultValue,
                help: "w*, the true weights."),
            KeyDeclaration(
                "learner", RegressionLearner.type, default: RegressionLearner.defaultValue,
                help: "How each generation is fitted."),
            KeyDeclaration(
                "downstream", .optional(.group(downstreamKeys)), default: .null,
                help: "A further fit beside each generation, on new inputs labelled by what "
                    + "labelled the generation's data: the truth at t = 0, the model of t - 1 "
                    + "later. The labels at t thus have t fits behind them, which is n = t in "
                    + "\"Model Collapse Demystified\"; at n = 0 they are clean."),
        ]
    }

    private static var downstreamKeys: [KeyDeclaration] {
        [
            KeyDeclaration(
                "size", .integer(1...10_000_000), default: nil,
                help: "T, the number of examples of the further fit."),
            KeyDeclaration(
                "learner", RegressionLearner.type, default: RegressionLearner.defaultValue,
                help: "How it is fitted."),
            KeyDeclaration(
                "noise", .optional(.number(0...1e12)), default: .null,
                help: "The variance of the noise on its labels; null for noise."),
        ]
    }

    private static var metrics: [MetricDeclaration] {
        [
            MetricDeclaration(
                Metric.testError, title: "test error", direction: .lowerIsBetter,
                help: "|Sigma^(1/2)(w - w*)|^2, the mean squared error on new inputs with true "
                    + "labels, in closed form."),
            MetricDeclaration(
                Metric.downstreamError, title: "downstream error", direction: .lowerIsBetter,
                help: "The same error of the downstream fit."),
            MetricDeclaration(
                Metric.downstreamPenalty, title: "downstream penalty", direction: .neither,
                help: "lam of the downstream fit."),
            MetricDeclaration(
                Metric.penalty, title: "penalty", direction: .neither,
                help: "lam of the generation's own fit, where it is a ridge."),
        ]
    }
}
