package import Collapse
import Support

extension KernelDensitySetting {
    /// The setting `kernel-density`, with the evaluation `test-points`; sizes count points.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "kernel-density",
            summary:
                "A Gaussian kernel estimate of points in a space: smoother in every generation.",
            version: 1,
            sizeUnit: "points",
            keys: keys,
            evaluations: [.init("test-points", version: 1)],
            metrics: Metric.all,
            headline: Metric.negativeLogDensity,
            definitions: DefinitionRule.risk(
                Metric.negativeLogDensity, margin: 0.05, catastrophic: 1) + [
                    DefinitionRule(
                        .variance, Metric.variance, largerIsWorse: false, isRatio: true,
                        margin: 0.05, improves: false),
                    DefinitionRule(
                        .tails, Metric.lowestLogDensity, largerIsWorse: false, margin: 0.5,
                        improves: false),
                ], panels: Metric.panels,
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
