package import Collapse
import Support

extension KernelDensitySetting {
    enum Metric {
        static let negativeLogDensity = "kde.negative_log_density"
        static let lowestLogDensity = "kde.lowest_log_density"
        static let variance = "kde.variance"
        static let squaredError = "kde.mean_squared_error"
        static let bandwidth = "kde.bandwidth"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "kernel-density",
            summary:
                "A Gaussian kernel estimate of points in a space: smoother in every generation.",
            version: 1,
            sizeUnit: "points",
            keys: keys,
            evaluations: [.init("test-points", version: 1)],
            metrics: [
                MetricDeclaration(
                    Metric.negativeLogDensity, title: "negative log density", unit: "nats/point",
                    direction: .lowerIsBetter,
                    help: "Mean negative log density of the model at the real test points."),
                MetricDeclaration(
                    Metric.lowestLogDensity, title: "lowest log density", unit: "nats",
                    direction: .higherIsBetter,
                    help: "Log density of the model at the real test point it finds least likely."),
                MetricDeclaration(
                    Metric.variance, title: "model variance", direction: .neither,
                    help:
                        "Variance of the model, averaged over coordinates: that of its points and "
                        + "the squared bandwidth."),
                MetricDeclaration(
                    Metric.squaredError, title: "squared error of the mean",
                    direction: .lowerIsBetter,
                    help:
                        "Squared distance of the model's mean from the mean of the real distribution."
                ),
                MetricDeclaration(
                    Metric.bandwidth, title: "bandwidth", direction: .neither,
                    help: "The bandwidth of the fit."),
            ],
            headline: Metric.negativeLogDensity,
            panels: [
                PanelDeclaration(
                    section: "Error", title: "Least likely test point",
                    metrics: [Metric.lowestLogDensity]),
                PanelDeclaration(
                    section: "Error", title: "Squared error of the mean",
                    metrics: [Metric.squaredError]),
                PanelDeclaration(
                    section: "Spread", title: "Model variance", metrics: [Metric.variance]),
                PanelDeclaration(
                    section: "Spread", title: "Bandwidth", metrics: [Metric.bandwidth]),
            ],
            recordUnit: .chains(seeds: 5))
    }

    static let bandwidth = Key<Bandwidth>(
        "bandwidth", .tagged,
        help:
            "The standard deviation h of the kernel: a number, or scott or silverman, "
            + "which follow the number of training points.")

    @KeyList private static var keys: [KeyDeclaration] {
        bandwidth
        PointDistribution.keys(dimension: 1)
    }
}
