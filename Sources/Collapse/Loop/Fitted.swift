/// What a fit starts from.
public enum FitStart<Model: Sendable>: Sendable {
    case scratch
    /// A model's parameters; `carriesOptimizer` says whether its optimizer state continues too.
    case model(Model, carriesOptimizer: Bool)
}

/// A fitted model with what the fit measured about itself.
public struct Fitted<Model: Sendable>: Sendable {
    public var model: Model
    public var metrics: [MetricValue]

    public init(model: Model, metrics: [MetricValue]) {
        self.model = model
        self.metrics = metrics
    }
}
