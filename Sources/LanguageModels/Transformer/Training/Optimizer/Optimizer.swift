import Compute

/// A tensor among those that are trained.
struct TrainedTensor {
    var offset: Int
    var count: Int
    /// Weight decay acts on it.
    var isDecayed: Bool
}

/// Moves parameters, in pieces that workers take; the same bits for any number of workers.
final class Optimizer {
    /// A part of one tensor.
    private struct Piece {
        var offset: Int
        var count: Int
        var isDecayed: Bool
    }

    /// Long enough to hide a task's overhead, short enough to share out; part of the order in which squares are summed.
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
        let (pieces, squares) = (self.pieces, self.squares.base)
        pool.perform(tasks: pieces.count) { index, _ in
            squares[index] = Float.kernels.sumOfSquares(
                gradient + pieces[index].offset, pieces[index].count)
        }
        var sum = 0.0
        for index in 0..<pieces.count { sum += squares[index] }
        return sum.squareRoot()
    }

    /// One update. `scale` multiplies the gradient first.
    func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        learningRate: Double, scale: Double, pool: WorkerPool
    ) {
        updates += 1
        let pieces = self.pieces
        switch configuration {
        case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
            let (first, second) = (moments[0].base, moments[1].base)
            let time = Double(updates)
            let step = learningRate / (1 - Elementary.power(beta1, time))
            let root = 1 / (1 - Elementary.power(beta2, time)).squareRoot()
            pool.perform(tasks: pieces.count) { index, _ in
                let piece = pieces[index]
                let keep = piece.isDecayed ? 1 - learningRate * weightDecay : 1
                Float.kernels.adamw(
                    parameters + piece.offset, gradient + piece.offset, first + piece.offset,
                    second + piece.offset, piece.count, Float(scale), Float(beta1), Float(beta2),
                    Float(keep), Float(step), Float(root), Float(epsilon))
            }
        case .sgd(let momentum, let isNesterov, let weightDecay):
            let memory = moments[0].base
            pool.perform(tasks: pieces.count) { index, _ in
                let piece = pieces[index]
                Self.descend(
                    parameters + piece.offset, gradient + piece.offset, memory + piece.offset,
                    count: piece.count, scale: Float(scale), momentum: Float(momentum),
                    isNesterov: isNesterov, decay: piece.isDecayed ? Float(weightDecay) : 0,
                    rate: Float(learningRate))
            }
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
