import Compute

/// What a model makes of some data, as sums from which its cross-entropy follows.
public struct CrossScore: Hashable, Sendable {
    /// The negative log-likelihood of all events, in nats; infinite where one of them is impossible.
    public var nats: Double
    /// What was predicted: for text its tokens and the ends of its documents.
    public var events: Int
    /// The bytes of the text; nil where they say nothing.
    public var bytes: Int?
    /// Events that the model holds impossible.
    public var impossibleEvents: Int

    public init(nats: Double, events: Int, bytes: Int?, impossibleEvents: Int) {
        self.nats = nats
        self.events = events
        self.bytes = bytes
        self.impossibleEvents = impossibleEvents
    }

    /// The cross-entropy, in nats for each event; NaN where there is none.
    public var natsPerEvent: Double { nats / Double(events) }

    /// The cross-entropy in bits for each byte; nil where that means nothing.
    public var bitsPerByte: Double? {
        bytes.flatMap { $0 > 0 ? nats / Elementary.log(2) / Double($0) : nil }
    }
}

/// How the samples of any generation, and held-out real data, are scored under the model of any
/// other generation of the same chain.
public struct CrossScoring<Setting: TaskSetting>: Sendable {
    /// The setting's fitted model.
    public typealias Model = Setting.Model
    /// Generation 0's model, fetched when asked for.
    public typealias Reference = () throws -> Model

    /// The metric that is recorded of the same score of held-out data.
    public var metric: MetricDeclaration
    /// What events are, such as `tokens`.
    public var events: String
    /// What a model makes of samples.
    public var samples:
        @Sendable (Setting.Examples, Model, Reference, Setting.SeedData, Workload) throws ->
            CrossScore
    /// What a model makes of held-out real data.
    public var heldOut:
        @Sendable (Model, Reference, Setting.SeedData, Workload) throws -> CrossScore

    public init(
        metric: MetricDeclaration, events: String,
        samples:
            @escaping @Sendable (Setting.Examples, Model, Reference, Setting.SeedData, Workload)
            throws -> CrossScore,
        heldOut:
            @escaping @Sendable (Model, Reference, Setting.SeedData, Workload) throws -> CrossScore
    ) {
        self.metric = metric
        self.events = events
        self.samples = samples
        self.heldOut = heldOut
    }
}
