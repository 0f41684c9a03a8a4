package import Collapse
import Support

extension LinearRegressionSetting {
    /// The setting `linear-regression`; sizes count examples.
    ///
    /// Its evaluations are `error` and `downstream`.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "linear-regression",
            summary: "A linear model that labels its own training data, with the exact error.",
            version: 1, sizeUnit: "examples", keys: RegressionTask.keys,
            evaluations: [.init("error", version: 1), .init("downstream", version: 1)],
            metrics: Metric.all, headline: Metric.testError,
            definitions: DefinitionRule.error(Metric.testError), panels: Metric.panels,
            recordUnit: .chains(seeds: 10))
    }

}
