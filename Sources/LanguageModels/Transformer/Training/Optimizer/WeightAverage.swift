import Compute

/// The exponential moving average of what is trained: after the first update the parameters themselves, then
/// a += (1 - decay) (p - a) after each, as PyTorch's `AveragedModel` with `get_ema_multi_avg_fn` has it.
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
        let (average, count) = (values.base, values.count)
        let weight: Float = updates == 0 ? 1 : Float(1 - decay)
        updates += 1
        let piece = 1 << 15
        pool.perform(tasks: (count + piece - 1) / piece) { index, _ in
            for i in index * piece..<min(count, (index + 1) * piece) {
                // The first time exactly the parameters, which the general formula need not give.
                average[i] =
                    weight == 1
                    ? parameters[i] : average[i] + weight * (parameters[i] - average[i])
            }
        }
    }
}
