package import Compute

/// What a fit has done so far.
package struct TrainingProgress: Sendable, Hashable {
    /// Steps made, of all there will be.
    package var step: Int
    package var steps: Int
    /// Predictions trained on, repetitions included.
    package var tokens: Int
    /// The mean loss since the last report, in nats per unit of weight.
    package var meanNats: Double
    /// Of the last step.
    package var learningRate: Double
    package var gradientNorm: Double
}

/// Trains a transformer with AdamW.
///
/// A step's batch is cut into shards, a number that belongs to the configuration. Each shard is computed by one worker,
/// forward and backward, in slices that fit the cache; shards' gradients are added in the shards' order. So the
/// parameters' bits depend on the configuration, never on the workers. Gradients exist once in sum and once per worker.
///
/// Not thread-safe: one thread drives it, the pool's workers help.
package final class TransformerTrainer {
    /// Bumped when the result of a fit changes.
    package static let version = 1

    /// Tokens computed in one go: their activations fit the second-level cache while products stay efficient.
    static var sliceTokens: Int { 256 }

    package let modelConfiguration: TransformerConfiguration
    package let configuration: TransformerTrainingConfiguration
    /// Steps of the whole fit; the learning rate's horizon.
    package let steps: Int
    /// Steps made so far.
    package private(set) var step = 0
    /// Updates the optimizer has made, those before this fit included.
    private var updates: Int

    private let stream: TokenStream
    private var order: WindowOrder
    private var batch: [WindowOrder.Window] = []
    private var batchWeight = 0.0
    private let dropoutKey: UInt64

    private let layout: ParameterLayout
    private let parameters: Buffer<Float>
    private let firstMoment: Buffer<Float>
    private let secondMoment: Buffer<Float>
    private let gradient: Buffer<Float>
    private let shardLosses: Buffer<Double>
    private let adam: AdamW
    private let pool: WorkerPool
    private let workers: [Worker]
    private let turnstile = Turnstile()

    private var tokensDone = 0
    private var reportedLoss = 0.0
    private var reportedSteps = 0
    private var gradientNorm = 0.0

    /// What one worker owns.
    private final class Worker {
        /// Made when first used: there may be more workers than shards.
        lazy var engine = SliceEngine<Float>(
            configuration: configuration, sequences: sequences, length: length, purpose: .training)
        let coefficients: Buffer<Float>
        private let configuration: TransformerConfiguration
        private let sequences: Int
        private let length: Int
        /// Made when first needed: the first shard of a batch writes into the sum itself.
        private var scratch: [SharedScratch] = []
        private let count: Int

        /// A box, because an array cannot hold a buffer.
        private final class SharedScratch {
            let buffer: Buffer<Float>
            init(count: Int) { buffer = Buffer(count: count) }
        }

        init(
            configuration: TransformerConfiguration, sequences: Int, length: Int, parameters: Int
        ) {
            self.configuration = configuration
            self.sequences = sequences
            self.length = length
            coefficients = Buffer(count: sequences * length)
            count = parameters
        }

        var gradient: UnsafeMutablePointer<Float> {
            if scratch.isEmpty { scratch.append(SharedScratch(count: count)) }
            return scratch[0].buffer.base
        }
    }

    /// Prepares a fit of `steps` steps.
    ///
    /// - Parameters:
    ///   - model: Where it starts.
    ///   - stream: What it learns.
    ///   - configuration: How it learns.
    ///   - steps: The length of the whole fit, which the learning rate's schedule spans.
    ///   - optimizer: State to carry over; nil starts the optimizer afresh.
    ///   - key: Seed, stream and generation of the data's order and the dropout masks. Epoch e draws from the key's index
    ///     plus e.
    ///   - pool: Who computes; changes no bit of the result.
    /// - Throws: ``TransformerError`` for a configuration that cannot be, or tokens outside the vocabulary.
    package init(
        from model: TransformerModel, on stream: TokenStream,
        configuration: TransformerTrainingConfiguration, steps: Int,
        optimizer: OptimizerState? = nil, key: RandomKey, pool: WorkerPool
    ) throws(TransformerError) {
        try configuration.validate()
        precondition(steps >= 0, "a fit of \(steps) steps")
        modelConfiguration = model.configuration
        self.configuration = configuration
        self.steps = steps
        self.stream = stream
        let vocabulary = model.configuration.vocabularyCount
        if let token = stream.tokens.max(), token >= vocabulary {
            throw TransformerError(
                .request(
                    "token \(token) in the training data is outside the model's vocabulary of "
                        + "\(vocabulary): use the tokenizer the model was made for"))
        }
        let length = model.configuration.contextLength
        order = WindowOrder(stream: stream, length: length, key: key)
        var random = RandomStream(key.with(purpose: .dropout))
        dropoutKey = random.next()

        layout = model.layout
        parameters = model.parameters.copy()
        if let optimizer {
            precondition(
                optimizer.firstMoment.count == layout.count,
                "an optimizer state of \(optimizer.firstMoment.count) elements for "
                    + "\(layout.count) parameters")
            firstMoment = optimizer.firstMoment.copy()
            secondMoment = optimizer.secondMoment.copy()
            updates = optimizer.updates
        } else {
            firstMoment = Buffer(count: layout.count)
            secondMoment = Buffer(count: layout.count)
            updates = 0
        }
        gradient = Buffer(count: layout.count)
        shardLosses = Buffer(count: configuration.shards)
        adam = AdamW(layout)
        self.pool = pool
        let shardSequences =
            (configuration.batchSize + configuration.shards - 1) / configuration.shards
        let sliceSequences = min(shardSequences, max(1, Self.sliceTokens / length))
        let layoutCount = layout.count
        workers = (0..<pool.count).map { _ in
            Worker(
                configuration: model.configuration, sequences: sliceSequences, length: length,
                parameters: layoutCount)
        }
        self.sliceSequences = sliceSequences
    }

    private let sliceSequences: Int

    /// Trains until the fit is done, or until `limit` steps have been made in all.
    ///
    /// - Parameters:
    ///   - limit: Where to pause, counted from the fit's beginning; nil for its end.
    ///   - reportInterval: Steps between calls of `report`.
    ///   - report: Told of the progress; never part of the result.
    /// - Throws: ``TransformerError`` when the loss or the gradient is not a finite number; the parameters are those
    ///   before that step.
    package func run(
        until limit: Int? = nil, reportInterval: Int = 10,
        report: (TrainingProgress) -> Void = { _ in }
    ) throws(TransformerError) {
        let end = min(steps, limit ?? steps)
        while step < end {
            let rate = configuration.learningRate(step: step, of: steps)
            try advance(learningRate: rate)
            if step % max(1, reportInterval) == 0 || step == end {
                report(
                    TrainingProgress(
                        step: step, steps: steps, tokens: tokensDone,
                        meanNats: reportedLoss / Double(reportedSteps), learningRate: rate,
                        gradientNorm: gradientNorm))
                reportedLoss = 0
                reportedSteps = 0
            }
        }
    }

    private func advance(learningRate: Double) throws(TransformerError) {
        chooseBatch()
        computeGradient()
        var loss = 0.0
        for shard in 0..<configuration.shards { loss += shardLosses[shard] }
        let norm = adam.norm(of: gradient.base, pool: pool)
        guard loss.isFinite, norm.isFinite else {
            throw TransformerError(
                .diverged(
                    step: step + 1, steps: steps, learningRate: learningRate, loss: loss,
                    gradientNorm: norm))
        }
        updates += 1
        let clip = configuration.gradientClip
        adam.update(
            parameters.base, gradient: gradient.base, firstMoment: firstMoment.base,
            secondMoment: secondMoment.base, update: updates, learningRate: learningRate,
            scale: clip > 0 && norm > clip ? clip / norm : 1, configuration: configuration,
            pool: pool)
        step += 1
        gradientNorm = norm
        reportedLoss += loss
        reportedSteps += 1
    }

    /// The step's windows and the sum of their weights.
    private func chooseBatch() {
        batch.removeAll(keepingCapacity: true)
        batchWeight = 0
        for index in 0..<configuration.batchSize {
            let window = order.window(step * configuration.batchSize + index, in: stream)
            batch.append(window)
            tokensDone += window.count
            guard let weights = stream.weights else {
                batchWeight += Double(window.count)
                continue
            }
            for t in 0..<window.count {
                batchWeight += Double(weights[(window.start + t + 1) % stream.count])
            }
        }
    }

    private func computeGradient() {
        turnstile.reset()
        let (shards, size) = (configuration.shards, configuration.batchSize)
        let sum = gradient.base
        pool.perform(tasks: shards) { shard, workerIndex in
            let worker = workers[workerIndex]
            let target = shard == 0 ? sum : worker.gradient
            target.update(repeating: 0, count: layout.count)
            var loss = 0.0
            var first = size * shard / shards
            let end = size * (shard + 1) / shards
            while first < end {
                let count = min(sliceSequences, end - first)
                fill(worker, batch[first..<first + count])
                loss += worker.engine.accumulate(
                    parameters: UnsafePointer(parameters.base), gradient: target,
                    coefficients: UnsafePointer(worker.coefficients.base), sequences: count,
                    length: modelConfiguration.contextLength,
                    dropout: configuration.dropout > 0
                        ? (configuration.dropout, dropoutKey, step * size + first) : nil)
                first += count
            }
            shardLosses.base[shard] = loss
            turnstile.wait(for: shard)
            if shard > 0 { Float.kernels.add(sum, target, layout.count) }
            turnstile.pass(shard)
        }
    }

    /// Puts windows into a worker's engine. Beyond a window's end its tokens count nothing.
    private func fill(_ worker: Worker, _ windows: ArraySlice<WindowOrder.Window>) {
        let length = modelConfiguration.contextLength
        let scale = batchWeight > 0 ? 1 / batchWeight : 0
        var row = 0
        for window in windows {
            var position = window.start
            for t in 0..<length {
                let next = position + 1 == stream.count ? 0 : position + 1
                worker.engine.tokens[row] = stream.tokens[position]
                worker.engine.targets[row] = stream.tokens[next]
                let weight = t < window.count ? stream.weights?[next] ?? 1 : 0
                worker.coefficients.base[row] = Float(Double(weight) * scale)
                position = next
                row += 1
            }
        }
    }

    // MARK: Results

    /// The model as trained so far.
    package func model() -> TransformerModel {
        TransformerModel(configuration: modelConfiguration, parameters: parameters.copy())
    }

    /// The optimizer's state, for a later fit that carries it over.
    package func optimizerState() -> OptimizerState {
        OptimizerState(
            firstMoment: SharedBuffer(firstMoment.copy()),
            secondMoment: SharedBuffer(secondMoment.copy()), updates: updates)
    }

    /// The fit's state between two steps.
    package func checkpoint() -> TrainingCheckpoint {
        TrainingCheckpoint(
            model: model(), optimizer: optimizerState(), step: step, tokens: tokensDone)
    }

    /// Continues where a checkpoint of the same fit was taken; the result has the bits of an uninterrupted fit.
    ///
    /// The trainer must have been made from the same model, data, configuration and key.
    package func resume(from checkpoint: TrainingCheckpoint) {
        precondition(
            checkpoint.model.configuration == modelConfiguration,
            "the checkpoint is of another model")
        precondition(
            checkpoint.step <= steps, "the checkpoint is of step \(checkpoint.step) of \(steps)")
        parameters.base.update(from: checkpoint.model.parameters.base, count: layout.count)
        firstMoment.base.update(
            from: checkpoint.optimizer.firstMoment.base, count: layout.count)
        secondMoment.base.update(
            from: checkpoint.optimizer.secondMoment.base, count: layout.count)
        updates = checkpoint.optimizer.updates
        step = checkpoint.step
        tokensDone = checkpoint.tokens
    }
}

/// A fit between two steps. Data order and dropout are pure functions of key and step, so nothing else need be kept.
package struct TrainingCheckpoint: Sendable {
    package var model: TransformerModel
    package var optimizer: OptimizerState
    /// Steps made.
    package var step: Int
    package var tokens: Int
}
