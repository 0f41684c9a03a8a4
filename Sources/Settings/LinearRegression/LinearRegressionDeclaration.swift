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
            version: 1, sizeUnit: "examples", keys: RegressionTask.keys,
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
