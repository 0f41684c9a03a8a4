public import Support

/// Everything a report shows of an experiment: what was asked, what was measured, what was
/// predicted.
public struct ExperimentResults: Sendable {
    /// One arm as the report names it.
    public struct Arm: Sendable {
        /// The arm's name in the experiment file.
        public var name: String
        /// One line that says how the arm uses data, such as `mixture, 10 % real (replayed)`.
        public var summary: String
        /// The swept keys and values that made this arm, if a sweep did.
        public var coordinates: [(key: String, value: SpecificationValue)]
        /// The curves that theory predicts for the arm; empty where there is no theory.
        public var predictions: [Prediction]
        /// What theory predicts of the arm's excess over its control, up to a factor.
        public var excessTheory: ExcessTheory?
        /// What the arm's real data are worth in each generation, by its plan.
        public var effectiveSamples: [EffectiveSample]
        /// What is recorded of the arm beside what its setting declares: its curation, and what its
        /// keys let it measure.
        public var ownMetrics: [MetricDeclaration]
        /// The figures of ``ownMetrics``.
        public var ownPanels: [PanelDeclaration]
        /// What the arm is held against, among the arms of the results.
        public var reference: Controls.Reference
        /// The first generation that no real data was left for in some seed; nil where all had
        /// theirs.
        public var exhausted: Int?

        public init(
            name: String, summary: String,
            coordinates: [(key: String, value: SpecificationValue)] = [],
            predictions: [Prediction] = [], excessTheory: ExcessTheory? = nil,
            effectiveSamples: [EffectiveSample] = [],
            ownMetrics: [MetricDeclaration] = [], ownPanels: [PanelDeclaration] = [],
            reference: Controls.Reference = .missing, exhausted: Int? = nil
        ) {
            self.name = name
            self.summary = summary
            self.coordinates = coordinates
            self.predictions = predictions
            self.excessTheory = excessTheory
            self.effectiveSamples = effectiveSamples
            self.ownMetrics = ownMetrics
            self.ownPanels = ownPanels
            self.reference = reference
            self.exhausted = exhausted
        }
    }

    /// An example that a model of some generation produced, or real text.
    public struct Sample: Sendable {
        /// The name of the arm.
        public var arm: String
        /// The seed of the chain.
        public var seed: UInt64
        /// The generation whose model produced the text.
        public var generation: Int
        /// The example as ``Storage/show`` writes it.
        public var text: String
        /// The same as an image, where examples are images.
        public var picture: Picture?

        public init(
            arm: String, seed: UInt64, generation: Int, text: String, picture: Picture? = nil
        ) {
            self.arm = arm
            self.seed = seed
            self.generation = generation
            self.text = text
            self.picture = picture
        }
    }

    /// What the report calls the experiment.
    public var name: String
    public var description: String
    /// The declaration of the experiment's setting.
    public var setting: SettingDeclaration
    /// The arms in the order of the specification.
    public var arms: [Arm]
    /// The seeds asked for, in order; a seed need not be measured yet.
    public var seeds: [UInt64]
    /// The last generation asked for; generations run from 0 to this.
    public var generations: Int
    /// Everything measured so far, of all arms.
    public var metrics: MetricTable
    /// The examples to show; empty for settings that store no samples.
    public var samples: [Sample]
    /// An excess of the headline metric that counts as "enough" in a sweep of the real fraction or of
    /// a size.
    public var tolerance: Double
    /// The pairs of arms that are to be compared; none where the report chooses.
    public var comparisons: [(first: String, second: String)]
    /// The resolved specification as YAML.
    public var specificationText: String
    /// What all arms share of the specification beside defaults, for a paper's methods.
    public var methods: [(key: String, value: String)]
    /// Facts of what made the results: versions, kernels, real data.
    public var environment: [(name: String, value: String)]
    /// What makes the figures unreliable though nothing is wrong, in sentences.
    public var cautions: [String]
    /// Sentences about how arms are measured.
    public var notes: [String]

    public init(
        name: String, description: String, setting: SettingDeclaration, arms: [Arm],
        seeds: [UInt64], generations: Int, metrics: MetricTable, samples: [Sample],
        tolerance: Double, comparisons: [(first: String, second: String)] = [],
        specificationText: String, methods: [(key: String, value: String)] = [],
        environment: [(name: String, value: String)], cautions: [String] = [],
        notes: [String] = []
    ) {
        self.name = name
        self.description = description
        self.setting = setting
        self.arms = arms
        self.seeds = seeds
        self.generations = generations
        self.metrics = metrics
        self.samples = samples
        self.tolerance = tolerance
        self.comparisons = comparisons
        self.specificationText = specificationText
        self.methods = methods
        self.environment = environment
        self.cautions = cautions
        self.notes = notes
    }

    /// What may have been measured: the setting's metrics, those of the data, those of each arm
    /// alone.
    public var declaredMetrics: [MetricDeclaration] {
        var declared = setting.allMetrics
        for metric in arms.flatMap(\.ownMetrics) where !declared.contains(metric) {
            declared.append(metric)
        }
        return declared
    }

    /// The figures of the setting and of its arms.
    public var panels: [PanelDeclaration] {
        var panels = setting.panels
        for panel in arms.flatMap(\.ownPanels) where !panels.contains(panel) {
            panels.append(panel)
        }
        return panels
    }
}
