/// What a fit starts from.
public enum FitStart<Model: Sendable>: Sendable {
    /// No model: initial parameters, where there are any, are drawn from the fit's key.
    case scratch
    /// A model's parameters; `carriesOptimizer` says whether its optimizer state continues too.
    case model(Model, carriesOptimizer: Bool)
}

/// A fitted model with what the fit measured about itself.
public struct Fitted<Model: Sendable>: Sendable {
    /// The result of the fit.
    public var model: Model
    /// What the fit measured, which is recorded and stored with the model; empty for nothing.
    public var metrics: [MetricValue]

    public init(model: Model, metrics: [MetricValue]) {
        self.model = model
        self.metrics = metrics
    }
}
