import Compute

/// Computes the gradient of a step's loss on the workers of a pool.
///
/// The step's sequences are cut into shards, a number that belongs to the configuration. Each shard
/// is computed by one worker, forward and backward, in slices that fit the cache; shards' gradients
/// are added in a tree. So the bits depend on the configuration, never on the workers. Gradients
/// exist once in sum and for each worker as often as its part of the tree is high.
final class BatchGradient {
    /// Tokens computed in one go: their activations fit the second-level cache while products stay
    /// efficient.
    static var sliceTokens: Int { 256 }

    /// The gradient of all parameters, laid out as they are.
    let sum: Buffer<Float>

    private let configuration: TransformerTrainingConfiguration
    private let parameters: UnsafePointer<Float>
    /// Nil where they would take too much memory.
    private let panels: WeightPanels<Float>?
    private let length: Int
    private let stream: TokenStream
    private let pool: WorkerPool
    private let workers: [Worker]
    private let sliceSequences: Int
    private let dropoutKey: UInt64
    private let shardLosses: Buffer<Double>
    private let tree: GradientTree

    private var order: WindowOrder
    private var batch: [WindowOrder.Window] = []
    private var batchWeight = 0.0
    /// The number of the step's first sequence, counted over all steps.
    private var firstSequence = 0

    /// What a group of shards is computed with.
    private struct Worker {
        let engine: SliceEngine<Float>
        /// What each of the engine's rows weighs.
        let coefficients: BufferBox
    }

    /// Prepares for a model; `key` gives the data's order and the dropout masks. The parameters
    /// must outlive this.
    init(
        of model: TransformerConfiguration, parameters: UnsafePointer<Float>, stream: TokenStream,
        configuration: TransformerTrainingConfiguration, key: RandomKey, pool: WorkerPool
    ) {
        let length = configuration.sequenceLength ?? model.contextLength
        self.configuration = configuration
        self.length = length
        self.stream = stream
        self.pool = pool
        order = WindowOrder(stream: stream, length: length, key: key)
        var random = RandomStream(key.with(purpose: .dropout))
        dropoutKey = random.next()
        self.parameters = parameters
        sum = Buffer(count: ParameterLayout(model).count)
        let shards = configuration.shardCount
        shardLosses = Buffer(count: shards)
        tree = GradientTree(shards: shards, workers: pool.count, count: sum.count)
        let shardSequences = (configuration.stepSequences + shards - 1) / shards
        let sliceSequences = min(shardSequences, max(1, Self.sliceTokens / length))
        let panels =
            WeightPanels<Float>.isSmall(sum.count, configuration.precision)
            ? WeightPanels(
                reading: parameters, of: model, isTraining: true, precision: configuration.precision
            )
            : nil
        self.panels = panels
        workers = (0..<tree.groups).map { _ in
            Worker(
                engine: SliceEngine(
                    configuration: model, sequences: sliceSequences, length: length,
                    purpose: .training, precision: configuration.precision, panels: panels,
                    mask: configuration.attention.mask(boundary: stream.boundary)),
                coefficients: BufferBox(count: sliceSequences * length))
        }
        self.sliceSequences = sliceSequences
    }

    /// Fills `sum` for a step, counted from 0, with the parameters as they are.
    ///
    /// - Returns: The step's mean loss in nats, and how many predictions it has.
    func compute(step: Int) -> (loss: Double, tokens: Int) {
        let tokens = chooseBatch(step)
        panels?.fill(pool: pool)
        firstSequence = step * configuration.stepSequences
        pool.perform(tasks: tree.groups, groupJob)
        tree.combine(into: sum.base, pool: pool)
        let losses = UnsafeMutableBufferPointer(start: shardLosses.base, count: shardLosses.count)
        return (GradientTree.sum(losses), tokens)
    }

    private lazy var groupJob = WorkerJob { [unowned self] group, _ in
        tree.sum(group: group) { compute($0, into: $1, with: workers[group]) }
    }

    /// A shard's gradient and loss.
    private func compute(
        _ shard: Int, into target: UnsafeMutablePointer<Float>, with worker: Worker
    ) {
        let size = configuration.stepSequences
        var loss = 0.0
        let begin = size * shard / configuration.shardCount
        var first = begin
        let end = size * (shard + 1) / configuration.shardCount
        if first == end { target.update(repeating: 0, count: sum.count) }
        while first < end {
            let sequences = min(sliceSequences, end - first)
            fill(worker, batch[first..<first + sequences])
            loss += worker.engine.accumulate(
                parameters: parameters, gradient: target, isFresh: first == begin,
                coefficients: UnsafePointer(worker.coefficients.base), sequences: sequences,
                length: length,
                dropout: configuration.dropout > 0
                    ? (configuration.dropout, dropoutKey, firstSequence + first) : nil,
                terms: configuration.lossTerms)
            first += sequences
        }
        shardLosses.base[shard] = loss
    }

    /// The step's windows and the sum of their weights.
    ///
    /// - Returns: How many predictions they have.
    private func chooseBatch(_ step: Int) -> Int {
        batch.removeAll(keepingCapacity: true)
        batchWeight = 0
        var tokens = 0
        for index in 0..<configuration.stepSequences {
            let window = order.window(step * configuration.stepSequences + index, in: stream)
            batch.append(window)
            tokens += window.count
            guard let weights = stream.weights else {
                batchWeight += Double(window.count)
                continue
            }
            for t in 0..<window.count {
                batchWeight += Double(weights[(window.start + t + 1) % stream.count])
            }
        }
        return tokens
    }

    /// Puts windows into a worker's engine. Beyond a window's end its tokens count nothing.
    private func fill(_ worker: Worker, _ windows: ArraySlice<WindowOrder.Window>) {
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
}
