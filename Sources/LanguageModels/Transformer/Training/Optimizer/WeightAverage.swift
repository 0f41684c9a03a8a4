import Compute

/// The exponential moving average of what is trained: after the first update the parameters
/// themselves, then a += (1 - decay) (p - a) after each, as PyTorch's `AveragedModel` with
/// `get_ema_multi_avg_fn` has it.
final class WeightAverage {
    private let decay: Double
    let values: BufferBox
    /// Updates it has seen.
    var updates = 0

    init(decay: Double, count: Int) {
        self.decay = decay
        values = BufferBox(count: count)
    }

    /// Takes in the parameters after an update.
    func add(_ parameters: UnsafePointer<Float>, pool: WorkerPool) {
        weight = updates == 0 ? 1 : Float(1 - decay)
        updates += 1
        self.parameters = parameters
        pool.perform(tasks: (values.count + Self.piece - 1) / Self.piece, adding)
    }

    private static var piece: Int { 1 << 15 }
    private var weight: Float = 1
    private var parameters: UnsafePointer<Float>?
    private lazy var adding = WorkerJob { [unowned self] index, _ in
        guard let parameters else { return }
        let average = values.base
        for i in index * Self.piece..<min(values.count, (index + 1) * Self.piece) {
            // The first time exactly the parameters, which the general formula need not give.
            average[i] =
                weight == 1 ? parameters[i] : average[i] + weight * (parameters[i] - average[i])
        }
    }
}
