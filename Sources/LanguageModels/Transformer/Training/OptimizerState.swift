package import Compute

/// What AdamW remembers between steps, so that a later fit can carry it over.
package struct OptimizerState: Sendable {
    /// Running means of the gradient and of its square, laid out as the parameters.
    package let firstMoment: SharedBuffer<Float>
    package let secondMoment: SharedBuffer<Float>
    /// The updates made so far.
    package let updates: Int

    package init(
        firstMoment: SharedBuffer<Float>, secondMoment: SharedBuffer<Float>, updates: Int
    ) {
        self.firstMoment = firstMoment
        self.secondMoment = secondMoment
        self.updates = updates
    }
}

/// AdamW over a flat array, in pieces that workers take (Loshchilov and Hutter 2019, algorithm 2, with a schedule).
struct AdamW: ~Copyable {
    /// A part of one tensor.
    private struct Piece {
        var offset: Int
        var count: Int
        var isDecayed: Bool
    }

    /// Long enough to hide a task's overhead, short enough to share out; part of the order in which squares are summed.
    private static var pieceCount: Int { 1 << 15 }

    private let pieces: [Piece]
    private let squares: Buffer<Double>

    init(_ layout: ParameterLayout) {
        var pieces: [Piece] = []
        for tensor in layout.tensors {
            var start = 0
            while start < tensor.count {
                let count = min(Self.pieceCount, tensor.count - start)
                pieces.append(
                    Piece(
                        offset: tensor.offset + start, count: count, isDecayed: tensor.isDecayed))
                start += count
            }
        }
        self.pieces = pieces
        squares = Buffer(count: pieces.count)
    }

    /// The Euclidean norm of a gradient; the same bits for any number of workers.
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

    /// One update of all parameters. `update` counts from 1; `scale` multiplies the gradient first.
    func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>,
        update: Int, learningRate: Double, scale: Double,
        configuration: TransformerTrainingConfiguration, pool: WorkerPool
    ) {
        let time = Double(update)
        let step = learningRate / (1 - Elementary.power(configuration.beta1, time))
        let root = 1 / (1 - Elementary.power(configuration.beta2, time)).squareRoot()
        let pieces = self.pieces
        pool.perform(tasks: pieces.count) { index, _ in
            let piece = pieces[index]
            let keep = piece.isDecayed ? 1 - learningRate * configuration.weightDecay : 1
            Float.kernels.adamw(
                parameters + piece.offset, gradient + piece.offset, firstMoment + piece.offset,
                secondMoment + piece.offset, piece.count, Float(scale),
                Float(configuration.beta1), Float(configuration.beta2), Float(keep), Float(step),
                Float(root), Float(configuration.epsilon))
        }
    }
}
