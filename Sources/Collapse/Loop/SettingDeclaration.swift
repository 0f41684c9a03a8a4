public import Support

/// What a task setting declares to the rest of the lab. Specifications, schema, store and report
/// are built from it; none of them knows any setting by name.
public struct SettingDeclaration: Sendable {
    /// The unit in which runs are recorded.
    public enum RecordUnit: Hashable, Sendable {
        /// One generation of one seed, with its model and samples: for models that take seconds to
        /// fit.
        case generation
        /// All generations of a range of seeds, metrics alone: for models that take microseconds.
        case chains(seeds: Int)
    }

    /// An evaluation with a version of its own, so that a new or changed metric retrains nothing.
    public struct Evaluation: Hashable, Sendable {
        /// The name that ``TaskSetting/evaluate(_:of:seedData:key:work:)`` receives.
        public var name: String
        /// Raised when the metrics change for equal inputs: stored ones are then measured again.
        public var version: Int
        /// Whether it looks at a model alone, so that a base model is measured, too.
        public var measuresBase: Bool

        public init(_ name: String, version: Int, measuresBase: Bool = false) {
            self.name = name
            self.version = version
            self.measuresBase = measuresBase
        }
    }

    /// What a new experiment file begins with.
    public struct Example: Sendable {
        /// An arm's name and its keys.
        public typealias Arm = (name: String, entries: [SpecificationMap.Entry])

        /// The sample size.
        public var size: Int
        /// Values that all arms have, of keys of arms and of workflows.
        public var common: [SpecificationMap.Entry]
        /// The arms; one of each workflow where there are none.
        public var arms: [Arm]

        public init(
            size: Int = 1_000, common: [SpecificationMap.Entry] = [], arms: [Arm] = []
        ) {
            self.size = size
            self.common = common
            self.arms = arms
        }
    }

    /// The word in a specification: `language`, `gaussian`.
    public var name: String
    /// A sentence or two for the template and the report.
    public var summary: String
    /// Raised when fitting or sampling changes its output for equal inputs.
    public var version: Int
    /// What sample sizes count: `tokens`, `draws`.
    public var sizeUnit: String
    /// The keys of the setting in an experiment file.
    public var keys: [KeyDeclaration]
    /// The names of those keys that an arm may change on its way; see ``PhaseKeys``. The data of a seed
    /// and the measuring of generations may depend on none of them.
    public var changingKeys: Set<String>
    /// The names of the keys that decide, with the real data, what a unit of size is: where they differ,
    /// only metrics that say so are compared between runs.
    public var unitKeys: [String]
    /// The evaluations of each generation, in the order in which their metrics are recorded.
    public var evaluations: [Evaluation]
    /// What fits and evaluations record; ``allMetrics`` adds what is recorded of the data.
    public var metrics: [MetricDeclaration]
    /// The metric of the first figure.
    public var headline: String
    /// What the direction of a drift is read from, if the setting knows one.
    public var drift: DriftDeclaration?
    /// How the setting decides the published senses of collapse, at most one rule for each.
    public var definitions: [DefinitionRule]
    /// The figures of the report, in their order.
    public var panels: [PanelDeclaration]
    /// Whether generations or whole chains are recorded at once.
    public var recordUnit: RecordUnit
    /// What a new experiment file begins with.
    public var example: Example

    public init(
        name: String, summary: String, version: Int, sizeUnit: String, keys: [KeyDeclaration],
        changingKeys: Set<String> = [], unitKeys: [String] = [],
        evaluations: [Evaluation], metrics: [MetricDeclaration], headline: MetricDeclaration,
        drift: DriftDeclaration? = nil, definitions: [DefinitionRule] = [],
        panels: [PanelDeclaration], recordUnit: RecordUnit,
        example: Example = Example()
    ) {
        self.name = name
        self.summary = summary
        self.version = version
        self.sizeUnit = sizeUnit
        self.keys = keys
        self.changingKeys = changingKeys
        self.unitKeys = unitKeys
        self.evaluations = evaluations
        self.metrics = metrics
        self.headline = headline.name
        self.drift = drift
        self.definitions = definitions
        self.panels = panels
        self.recordUnit = recordUnit
        self.example = example
    }

    /// The setting's metrics, and those that every generation has of its data.
    public var allMetrics: [MetricDeclaration] {
        let own = Set(metrics.map(\.name))
        return metrics + DataMetrics.all.filter { !own.contains($0.name) }
    }

    /// The declaration of a metric, or a plain one for a metric that was not declared.
    public func metric(_ name: String) -> MetricDeclaration {
        metrics.first { $0.name == name }
            ?? MetricDeclaration(name, title: name, direction: .neither, help: "")
    }
}

extension [SettingDeclaration.Evaluation] {
    /// Those that measure a generation: of the base, which is none, those that look at a model alone.
    func measuring(generation: Int) -> Self {
        generation == MetricTable.baseGeneration ? filter(\.measuresBase) : self
    }
}
