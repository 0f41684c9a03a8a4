import Compute

/// A tensor among those that are trained.
struct TrainedTensor {
    var offset: Int
    var count: Int
    /// Weight decay acts on it.
    var isDecayed: Bool
}

/// Moves parameters, in pieces that workers take; the same bits for any number of workers.
final class TransformerOptimizer {
    /// A part of one tensor.
    private struct Piece {
        var offset: Int
        var count: Int
        var isDecayed: Bool
    }

    /// Long enough to hide a task's overhead, short enough to share out; part of the order in which
    /// squares are summed.
    private static var pieceCount: Int { 1 << 15 }

    let configuration: OptimizerConfiguration
    private let pieces: [Piece]
    private let squares: Buffer<Double>
    /// In the order of ``OptimizerConfiguration/moments``.
    let moments: [BufferBox]
    /// Updates made, those of earlier fits included.
    var updates = 0

    /// An optimizer of some tensors in a flat array of `count` elements.
    init(_ configuration: OptimizerConfiguration, tensors: [TrainedTensor], count: Int) {
        self.configuration = configuration
        var pieces: [Piece] = []
        for tensor in tensors {
            for start in stride(from: 0, to: tensor.count, by: Self.pieceCount) {
                pieces.append(
                    Piece(
                        offset: tensor.offset + start,
                        count: min(Self.pieceCount, tensor.count - start),
                        isDecayed: tensor.isDecayed))
            }
        }
        self.pieces = pieces
        squares = Buffer(count: pieces.count)
        moments = configuration.moments.map { _ in BufferBox(count: count) }
    }

    /// The Euclidean norm of the gradient of what is trained.
    func norm(of gradient: UnsafePointer<Float>, pool: WorkerPool) -> Double {
        measured = gradient
        pool.perform(tasks: pieces.count, measuring)
        return summedSquares().squareRoot()
    }

    private func summedSquares() -> Double {
        var sum = 0.0
        for index in 0..<pieces.count { sum += squares[index] }
        return sum
    }

    private var measured: UnsafePointer<Float>?
    private lazy var measuring = WorkerJob { [unowned self] index, _ in
        guard let measured else { return }
        squares.base[index] = Float.kernels.sumOfSquares(
            measured + pieces[index].offset, pieces[index].count)
    }

    /// An update, as each piece sees it.
    private struct Update {
        var parameters: UnsafeMutablePointer<Float>
        var gradient: UnsafePointer<Float>
        var learningRate: Double
        var scale: Double
        /// AdamW's step, and the root of the second moment's correction.
        var step = 0.0
        var root = 0.0
    }

    private var update: Update?
    private lazy var updating = WorkerJob { [unowned self] index, _ in
        guard let update else { return }
        apply(update, to: pieces[index])
        squares.base[index] = Float.kernels.sumOfSquares(
            update.parameters + pieces[index].offset, pieces[index].count)
    }

    /// One update. `scale` multiplies the gradient first.
    ///
    /// - Returns: Whether all that is trained is still finite.
    func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        learningRate: Double, scale: Double, pool: WorkerPool
    ) -> Bool {
        updates += 1
        var update = Update(
            parameters: parameters, gradient: gradient, learningRate: learningRate, scale: scale)
        if case .adamW(let beta1, let beta2, _, _) = configuration {
            let time = Double(updates)
            update.step = learningRate / (1 - Elementary.power(beta1, time))
            update.root = 1 / (1 - Elementary.power(beta2, time)).squareRoot()
        }
        self.update = update
        pool.perform(tasks: pieces.count, updating)
        return summedSquares().isFinite
    }

    private func apply(_ update: Update, to piece: Piece) {
        let parameters = update.parameters + piece.offset
        let gradient = update.gradient + piece.offset
        switch configuration {
        case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
            let keep = piece.isDecayed ? 1 - update.learningRate * weightDecay : 1
            Float.kernels.adamw(
                parameters, gradient, moments[0].base + piece.offset,
                moments[1].base + piece.offset, piece.count, Float(update.scale), Float(beta1),
                Float(beta2), Float(keep), Float(update.step), Float(update.root), Float(epsilon))
        case .sgd(let momentum, let isNesterov, let weightDecay):
            Self.descend(
                parameters, gradient, moments[0].base + piece.offset, count: piece.count,
                scale: Float(update.scale), momentum: Float(momentum), isNesterov: isNesterov,
                decay: piece.isDecayed ? Float(weightDecay) : 0, rate: Float(update.learningRate))
        }
    }

    private static func descend(
        _ p: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>,
        _ memory: UnsafeMutablePointer<Float>, count: Int, scale: Float, momentum: Float,
        isNesterov: Bool, decay: Float, rate: Float
    ) {
        for i in 0..<count {
            let g = gradient[i] * scale + decay * p[i]
            let m = momentum * memory[i] + g
            memory[i] = m
            p[i] -= rate * (isNesterov ? g + momentum * m : m)
        }
    }
}
