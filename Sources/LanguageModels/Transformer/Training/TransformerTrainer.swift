package import Compute
import Support
package import Text

/// What a fit has done so far.
package struct TrainingProgress: Sendable, Hashable {
    /// Steps made, of all there will be.
    package var step: Int
    /// Steps of the whole fit.
    package var steps: Int
    /// Predictions trained on, repetitions included.
    package var tokens: Int
    /// The mean loss since the last report, in nats per unit of weight.
    package var meanNats: Double
    /// Of the last step.
    package var learningRate: Double
    /// The Euclidean norm of the last step's gradient, before clipping.
    package var gradientNorm: Double
    /// The mean over the validation documents' tokens and ends after this step; nil where it was
    /// not measured.
    package var validationNats: Double?
}

/// Trains a transformer: all its parameters, some of them, or low-rank adapters.
///
/// A pure function of the model, data, configuration, number of steps and key: the pool's size and
/// interruptions change no bit. Not thread-safe: one thread drives it, the pool's workers help.
package final class TransformerTrainer {
    /// Bumped when the result of a fit changes.
    package static let version = 3

    package let configuration: TransformerTrainingConfiguration
    /// Steps of the whole fit; the learning rate's horizon.
    package let steps: Int
    let key: RandomKey
    let modelConfiguration: TransformerConfiguration
    /// SHA-256 of the parameters that the fit starts from.
    let startDigest: String
    let stream: TokenStream
    let validation: TokenDataset?
    private let pool: WorkerPool

    /// Everything that changes from step to step, beside the arrays.
    struct State: Hashable, Codable {
        /// Steps made.
        var step = 0
        /// Predictions trained on.
        var tokens = 0
        /// The sum of the losses since the last report, and their number.
        var reportedLoss = 0.0
        var reportedSteps = 0
        var stopping = EarlyStopping.Progress()
        /// The losses reported in the last tenth of the steps made.
        var late: [ReportedLoss] = []
    }

    /// A mean loss as it was reported after a step, in nats per unit of weight.
    struct ReportedLoss: Hashable, Codable {
        var step: Int
        var nats: Double
    }

    var state = State()

    /// Hashed once: the data does not change.
    private(set) lazy var identity = TrainingCheckpoint.Identity(of: self)

    /// What the engines compute with.
    private let parameters: Buffer<Float>
    private let adapters: Adapters?
    private let gradient: BatchGradient
    let optimizer: TransformerOptimizer
    let average: WeightAverage?
    /// What was trained as it was at the least validation loss.
    let best: BufferBox?

    /// The factors that are trained in place of the parameters.
    private final class Adapters {
        /// What they are added to.
        let base: SharedBuffer<Float>
        let layout: AdapterLayout
        let arithmetic: AdapterArithmetic
        let factors: BufferBox
        let gradient: BufferBox

        init(_ layout: AdapterLayout, base: SharedBuffer<Float>, scale: Float) {
            self.base = base
            self.layout = layout
            arithmetic = AdapterArithmetic(layout, scale: scale)
            factors = BufferBox(count: layout.count)
            gradient = BufferBox(count: layout.count)
        }
    }

    /// Prepares a fit of `steps` steps.
    ///
    /// - Parameters:
    ///   - model: Where it starts.
    ///   - stream: What it learns.
    ///   - configuration: How it learns.
    ///   - steps: The length of the whole fit, which the learning rate's schedule spans.
    ///   - validation: The documents that early stopping measures; needed by it alone.
    ///   - optimizer: State to carry over; nil starts the optimizer afresh.
    ///   - key: Seed, stream and generation of the data's order and the dropout masks. Epoch e draws from the key's index
    ///     plus e.
    ///   - pool: Who computes; changes no bit of the result.
    /// - Throws: ``TransformerError`` for a configuration that cannot be, or tokens outside the
    ///   vocabulary.
    package init(
        from model: TransformerModel, on stream: TokenStream,
        configuration: TransformerTrainingConfiguration, steps: Int,
        validation: TokenDataset? = nil, optimizer: OptimizerState? = nil, key: RandomKey,
        pool: WorkerPool
    ) throws(TransformerError) {
        try configuration.validate()
        precondition(steps >= 0, "a fit of \(steps) steps")
        try Self.check(stream, validation, model.configuration)
        if configuration.earlyStopping != nil, validation?.documentCount ?? 0 == 0 {
            throw TransformerError(
                .request("early stopping has no validation document to measure: give at least one"))
        }
        self.configuration = configuration
        self.steps = steps
        self.stream = stream
        self.validation = validation
        self.key = key
        self.pool = pool
        modelConfiguration = model.configuration
        startDigest =
            SHA256.digest(
                of: UnsafeRawBufferPointer(
                    start: model.parameters.base,
                    count: model.parameters.count * MemoryLayout<Float>.stride)
            ).hexadecimal
        parameters = model.parameters.copy()
        gradient = BatchGradient(
            of: model.configuration, parameters: UnsafePointer(parameters.base), stream: stream,
            configuration: configuration, key: key, pool: pool)
        let trained = try TrainedPart(configuration, of: model.configuration)
        if let layout = trained.adapters, let adapted = configuration.adapters {
            let adapters = Adapters(
                layout, base: model.parameters, scale: adapted.scale)
            adapters.arithmetic.start(adapters.factors.base, key: key)
            self.adapters = adapters
        } else {
            adapters = nil
        }
        self.optimizer = TransformerOptimizer(
            configuration.optimizer, tensors: trained.tensors, count: trained.count)
        average = configuration.averageDecay.map { WeightAverage(decay: $0, count: trained.count) }
        best = configuration.earlyStopping.map { _ in BufferBox(count: trained.count) }
        if let optimizer { try self.optimizer.restore(optimizer) }
    }

    private static func check(
        _ stream: TokenStream, _ validation: TokenDataset?, _ model: TransformerConfiguration
    ) throws(TransformerError) {
        let token = max(Int(stream.tokens.max() ?? 0), Int(validation?.tokens.max() ?? 0))
        guard token < model.vocabularyCount else {
            throw TransformerError(
                .request(
                    "token \(token) in the training data is outside the model's vocabulary of "
                        + "\(model.vocabularyCount): use the tokenizer the model was made for"))
        }
    }

    // MARK: Steps

    /// Steps made so far.
    package var step: Int { state.step }

    /// The mean of the losses that were reported in the last tenth of the steps made, in nats per unit
    /// of weight; not a number before the first report.
    package var lateNats: Double {
        state.late.reduce(0) { $0 + $1.nats } / Double(state.late.count)
    }

    /// Whether the last step has been made, or early stopping has ended the fit.
    package var isFinished: Bool {
        step == steps || configuration.earlyStopping?.hasEnded(state.stopping) ?? false
    }

    /// Trains until the fit is done, or until `limit` steps have been made in all.
    ///
    /// - Parameters:
    ///   - limit: Where to pause, counted from the fit's beginning; nil for its end.
    ///   - reportInterval: Steps between calls of `report`, which is also called after the last step and after validations.
    ///   - report: Told of the progress; never part of the result.
    /// - Throws: ``TransformerError`` when the loss, the gradient or a parameter is not a finite
    ///   number; the fit cannot go on then.
    package func run(
        until limit: Int? = nil, reportInterval: Int = 10,
        report: (TrainingProgress) -> Void = { _ in }
    ) throws(TransformerError) {
        let end = min(steps, limit ?? steps)
        while step < end, !isFinished {
            let rate = configuration.learningRate(step: step, of: steps)
            let norm = try advance(learningRate: rate)
            let validationNats = try validate()
            guard step % max(1, reportInterval) == 0 || validationNats != nil || isFinished else {
                continue
            }
            let nats = state.reportedLoss / Double(state.reportedSteps)
            state.late.removeFirst(state.late.prefix { 10 * $0.step <= 9 * step }.count)
            state.late.append(ReportedLoss(step: step, nats: nats))
            report(
                TrainingProgress(
                    step: step, steps: steps, tokens: state.tokens, meanNats: nats,
                    learningRate: rate, gradientNorm: norm, validationNats: validationNats))
            state.reportedLoss = 0
            state.reportedSteps = 0
        }
    }

    /// Makes a step.
    ///
    /// - Returns: The gradient's norm before clipping.
    private func advance(learningRate: Double) throws(TransformerError) -> Double {
        let (loss, tokens) = gradient.compute(step: step)
        var slope = UnsafePointer(gradient.sum.base)
        if let adapters {
            adapters.arithmetic.gradient(
                of: adapters.factors.base, from: slope, into: adapters.gradient.base, pool: pool)
            slope = UnsafePointer(adapters.gradient.base)
        }
        let norm = optimizer.norm(of: slope, pool: pool)
        let clip = configuration.gradientClip
        // An update that overflows must be noticed now, before it is in a checkpoint or in the
        // result.
        guard loss.isFinite, norm.isFinite,
            optimizer.update(
                trained, gradient: slope, learningRate: learningRate,
                scale: clip > 0 && norm > clip ? clip / norm : 1, pool: pool)
        else {
            throw TransformerError(
                .diverged(
                    Divergence(
                        step: step + 1, steps: steps, learningRate: learningRate, loss: loss,
                        gradientNorm: norm)))
        }
        average?.add(UnsafePointer(trained), pool: pool)
        compose()
        state.step += 1
        state.tokens += tokens
        state.reportedLoss += loss
        state.reportedSteps += 1
        return norm
    }

    /// Measures the validation documents where that is due, and remembers the model if it is the
    /// best.
    private func validate() throws(TransformerError) -> Double? {
        guard let stopping = configuration.earlyStopping, let best, let validation,
            step % stopping.interval == 0 || step == steps
        else { return nil }
        let result = average?.values.base ?? trained
        let nats = try TransformerScorer(
            model(of: result), stride: modelConfiguration.contextLength
        ).score(validation, boundary: stream.boundary, pool: pool)
        let events = validation.events(of: nats)
        let mean = events.reduce(0, +) / Double(events.count)
        if stopping.note(mean, at: step, in: &state.stopping) {
            best.base.update(from: result, count: best.count)
        }
        return mean
    }

    // MARK: What is trained

    /// The parameters, or the adapters' factors.
    var trained: UnsafeMutablePointer<Float> { adapters?.factors.base ?? parameters.base }
    /// Elements of ``trained``.
    var trainedCount: Int { adapters?.layout.count ?? parameters.count }

    /// Makes the parameters follow the adapters' factors.
    func compose() {
        guard let adapters else { return }
        adapters.arithmetic.compose(
            adapters.factors.base, base: adapters.base.base, into: parameters.base, pool: pool)
    }

    /// The model that some values of what is trained give.
    private func model(of values: UnsafePointer<Float>) -> TransformerModel {
        // What is not adapted is the same in all.
        let copy = parameters.copy()
        if let adapters {
            adapters.arithmetic.compose(
                values, base: adapters.base.base, into: copy.base, pool: pool)
        } else {
            copy.base.update(from: values, count: copy.count)
        }
        return TransformerModel(configuration: modelConfiguration, parameters: copy)
    }

    /// The trained values that are the fit's result so far: the best of a finished fit with early
    /// stopping, otherwise the moving average where there is one, otherwise the latest.
    private var result: UnsafePointer<Float> {
        if isFinished, state.stopping.leastNats != nil, let best {
            return UnsafePointer(best.base)
        }
        if let average, average.updates > 0 { return UnsafePointer(average.values.base) }
        return UnsafePointer(trained)
    }

    // MARK: Results

    /// The model as trained so far; adapters are merged into it.
    package func model() -> TransformerModel { model(of: result) }

    /// The adapters as trained so far; nil where parameters are trained.
    package func lowRankAdapters() -> LowRankAdapters? {
        guard let adapters, let adapted = configuration.adapters else { return nil }
        let copy = Buffer<Float>(count: adapters.layout.count)
        copy.base.update(from: result, count: copy.count)
        return LowRankAdapters(adapted, layout: adapters.layout, factors: SharedBuffer(copy))
    }

    /// The optimizer's state, for a later fit that carries it over.
    package func optimizerState() -> OptimizerState { optimizer.state }
}
