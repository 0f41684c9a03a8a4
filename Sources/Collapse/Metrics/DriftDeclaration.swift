/// How a setting tells in which direction generations drift: towards what is common (sharpening) or
/// towards what is random (noising). Each component is compared with the arm's control.
public struct DriftDeclaration: Hashable, Sendable {
    /// What a component speaks of.
    public enum Role: Hashable, Sendable {
        /// How varied samples are: less is sharpening, more noising.
        case diversity
        /// How undecided the model is: less is sharpening, more noising.
        case entropy
        /// The samples' cross-entropy under a model of real text: less is sharpening, more noising.
        case likelihood
        /// The cost of what is common: more is noising.
        case head
    }

    /// One metric with the difference that matters.
    public struct Component: Hashable, Sendable {
        /// The metric's name.
        public var metric: String
        /// What it speaks of.
        public var role: Role
        /// Whether arms are compared by the logarithm of the ratio, not by the difference.
        public var isRatio: Bool
        /// Differences of at most this much count as none.
        public var margin: Double

        public init(
            _ metric: MetricDeclaration, _ role: Role, isRatio: Bool = false, margin: Double
        ) {
            self.metric = metric.name
            self.role = role
            self.isRatio = isRatio
            self.margin = margin
        }
    }

    /// In the order in which they are shown.
    public var components: [Component]

    public init(_ components: [Component]) {
        self.components = components
    }
}
