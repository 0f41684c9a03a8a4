/// Everything a report shows of an experiment: what was asked, what was measured, what was predicted.
package struct ExperimentResults: Sendable {
    /// One arm as the report names it.
    package struct Arm: Sendable {
        package var name: String
        /// One line that says how the arm uses data, such as `mixture, 10 % real (replayed)`.
        package var summary: String
        /// The swept keys and values that made this arm, if a sweep did.
        package var coordinates: [(key: String, value: SpecificationValue)]
        package var predictions: [Prediction]

        package init(
            name: String, summary: String,
            coordinates: [(key: String, value: SpecificationValue)] = [],
            predictions: [Prediction] = []
        ) {
            self.name = name
            self.summary = summary
            self.coordinates = coordinates
            self.predictions = predictions
        }
    }

    /// Text that a model of some generation produced, or real text.
    package struct Sample: Sendable {
        package var arm: String
        package var seed: UInt64
        package var generation: Int
        package var text: String

        package init(arm: String, seed: UInt64, generation: Int, text: String) {
            self.arm = arm
            self.seed = seed
            self.generation = generation
            self.text = text
        }
    }

    package var name: String
    package var description: String
    package var setting: SettingDeclaration
    package var arms: [Arm]
    package var seeds: [UInt64]
    /// The last generation asked for; generations run from 0 to this.
    package var generations: Int
    package var metrics: MetricTable
    package var samples: [Sample]
    /// An excess of the headline metric that counts as "enough real data" in a sweep of the real fraction.
    package var tolerance: Double
    /// The resolved specification as YAML.
    package var specificationText: String
    /// Facts of the environment: versions, kernels, machine.
    package var environment: [(name: String, value: String)]

    package init(
        name: String, description: String, setting: SettingDeclaration, arms: [Arm],
        seeds: [UInt64], generations: Int, metrics: MetricTable, samples: [Sample],
        tolerance: Double, specificationText: String,
        environment: [(name: String, value: String)]
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
        self.specificationText = specificationText
        self.environment = environment
    }
}
