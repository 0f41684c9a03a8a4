/// What a setting says about a metric it records.
public struct MetricDeclaration: Hashable, Sendable {
    /// Which way is better.
    public enum Direction: String, Sendable {
        case lowerIsBetter, higherIsBetter
        /// Better is what is nearer to ``MetricDeclaration/reference``.
        case nearerToReference
        case neither
    }

    /// The name in `metrics.csv`, such as `heldout.nats_per_token`.
    public var name: String
    /// How a figure calls it, such as `held-out cross-entropy`.
    public var title: String
    /// Such as `nats/token`; empty for a pure number.
    public var unit: String
    /// Which way is better, or that neither is.
    public var direction: Direction
    /// One sentence: what is measured on what.
    public var help: String
    /// Whether the value counts the generations until something happens, and counts on with each
    /// while it has not: a value that rose at the last generation is a lower bound.
    public var countsUntilEvent: Bool
    /// The metric that holds the value of real data, if any does: figures draw it as a line.
    public var reference: String?
    /// Whether it tells results apart and has no meaning as a number: it is recorded, and no table or
    /// figure shows a mean of it.
    public var isChecksum: Bool
    /// Whether the value means the same where the setting's ``SettingDeclaration/unitKeys`` differ, as
    /// bits per byte do for two tokenizers.
    public var comparesAcrossUnits: Bool

    public init(
        _ name: String, title: String, unit: String = "", direction: Direction, help: String,
        countsUntilEvent: Bool = false, reference: String? = nil,
        isChecksum: Bool = false, comparesAcrossUnits: Bool = false
    ) {
        self.name = name
        self.title = title
        self.unit = unit
        self.direction = direction
        self.help = help
        self.countsUntilEvent = countsUntilEvent
        self.reference = reference
        self.isChecksum = isChecksum
        self.comparesAcrossUnits = comparesAcrossUnits
    }

    /// Whether a fit reports it: its name begins with `fit.`.
    public var isOfFit: Bool { name.hasPrefix("fit.") }

    /// What was measured.
    public func value(_ value: Double) -> MetricValue { MetricValue(name, value) }
}

/// A figure of the report: one or several metrics against generation.
public struct PanelDeclaration: Hashable, Sendable {
    /// Which part of the report the panel belongs to, such as `Tails` or `Diversity`.
    public var section: String
    /// The heading of the figure.
    public var title: String
    /// The names of the metrics, one plot each; those that were not measured are left out.
    public var metrics: [String]
    /// Whether the values are drawn on a logarithmic axis; with ``against``, both axes are.
    public var logarithmic: Bool
    /// For metrics that are the bins of a histogram: where they lie, one for each.
    public var bins: Bins?
    /// The metric of the horizontal axis, for a figure of arms along a sweep in the plane of two
    /// metrics; nil for figures against generation.
    public var against: String?

    /// The middles of a histogram's bins.
    public struct Bins: Hashable, Sendable {
        /// In ascending order, positive.
        public var middles: [Double]
        /// What they are, as an axis says it.
        public var title: String

        public init(_ middles: [Double], title: String) {
            self.middles = middles
            self.title = title
        }
    }

    public init(
        section: String, title: String, metrics: [MetricDeclaration], logarithmic: Bool = false,
        bins: Bins? = nil, against: MetricDeclaration? = nil
    ) {
        self.section = section
        self.title = title
        self.metrics = metrics.map(\.name)
        self.logarithmic = logarithmic
        self.bins = bins
        self.against = against?.name
    }
}

/// A measured value. Infinite and undefined values are results and are kept; an undefined one
/// always has the same bits, so that a value that went through a file equals one that did not.
public struct MetricValue: Hashable, Sendable {
    /// The metric's name, or within a stage of curation its name there.
    public var name: String
    /// The value in the metric's unit; it may be infinite or nan.
    public var value: Double

    public init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value.isNaN ? .nan : value
    }
}

/// A curve that a setting's theory predicts from the specification of an arm.
public struct Prediction: Hashable, Sendable {
    /// What the curve says of the metric's mean over seeds.
    public enum Relation: String, Hashable, Sendable {
        /// The mean is this.
        case expectation
        /// The mean is this in a limit, such as a large sample; `note` says which.
        case approximation
        /// The mean is at most this.
        case upperBound = "upper-bound"
        /// The mean is at least this.
        case lowerBound = "lower-bound"
        /// The mean difference from what the arm is held against is this, in the limit of small ones.
        case excess

        /// Whether the mean is promised to lie on one side only.
        public var isBound: Bool { self == .upperBound || self == .lowerBound }
    }

    /// The name of the metric that is predicted.
    public var metric: String
    /// One value for each generation, from 0. Infinite or undefined where the mean is; `note` says
    /// why.
    public var values: [Double]
    /// Where the formula comes from: paper and equation.
    public var source: String
    /// How the metric's mean over seeds relates to the ``values``.
    public var relation: Relation
    /// What is assumed, or why a value is undefined.
    public var note: String?

    public init(
        metric: MetricDeclaration, values: [Double], source: String,
        relation: Relation = .expectation, note: String? = nil
    ) {
        self.metric = metric.name
        // One spelling of what is undefined, whatever sign a formula gave it.
        self.values = values.map { $0.isNaN ? .nan : $0 }
        self.source = source
        self.relation = relation
        self.note = note
    }
}
