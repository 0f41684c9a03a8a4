/// What a task setting tells the rest of the lab about itself. Specifications, schema, store and report
/// are built from it; none of them knows any setting by name.
package struct SettingDeclaration: Sendable {
    /// The unit in which runs are recorded.
    package enum RecordUnit: Hashable, Sendable {
        /// One generation of one seed, with its model and samples: for models that take seconds to fit.
        case generation
        /// All generations of a range of seeds, metrics alone: for models that take microseconds.
        case chains(seeds: Int)
    }

    /// An evaluation with a version of its own, so that a new or changed metric retrains nothing.
    package struct Evaluation: Hashable, Sendable {
        package var name: String
        package var version: Int

        package init(_ name: String, version: Int) {
            self.name = name
            self.version = version
        }
    }

    /// The word in a specification: `language`, `gaussian`.
    package var name: String
    package var summary: String
    /// Raised when fitting or sampling changes its output for equal inputs.
    package var version: Int
    /// What sample sizes count: `tokens`, `draws`.
    package var sizeUnit: String
    /// The keys of the setting in an experiment file.
    package var keys: [KeyDeclaration]
    package var evaluations: [Evaluation]
    package var metrics: [MetricDeclaration]
    /// The metric of the first figure.
    package var headline: String
    package var panels: [PanelDeclaration]
    package var recordUnit: RecordUnit

    package init(
        name: String, summary: String, version: Int, sizeUnit: String, keys: [KeyDeclaration],
        evaluations: [Evaluation], metrics: [MetricDeclaration], headline: String,
        panels: [PanelDeclaration], recordUnit: RecordUnit
    ) {
        self.name = name
        self.summary = summary
        self.version = version
        self.sizeUnit = sizeUnit
        self.keys = keys
        self.evaluations = evaluations
        self.metrics = metrics
        self.headline = headline
        self.panels = panels
        self.recordUnit = recordUnit
    }

    /// The declaration of a metric, or a plain one for a metric that was not declared.
    package func metric(_ name: String) -> MetricDeclaration {
        metrics.first { $0.name == name }
            ?? MetricDeclaration(name, title: name, direction: .neither, help: "")
    }
}
