import Compute

/// Rotary positions (Su et al. 2021, equation 34): elements j and j + w/2 of a head of w elements
/// are a point that turns by position times theta^(-2j/w).
struct RotaryTable<S: Scalar> {
    /// (positions, w/2) cosines, then as many sines.
    private let table: SharedBuffer<S>
    private let half: Int
    private let count: Int
    /// Heads of a row that turn: those of queries and of keys, which lie side by side.
    private let heads: Int
    /// From one row of queries, keys and values to the next.
    private let stride: Int

    /// The angles of positions `0 ..< count`; nil for a family without rotary positions.
    init?(_ configuration: TransformerConfiguration, count: Int) {
        guard configuration.family.architecture.positions == .rotary else { return nil }
        half = configuration.headWidth / 2
        self.count = count
        heads = configuration.heads + configuration.keyValueHeads
        stride = configuration.queryKeyValueWidth
        let buffer = Buffer<S>(count: 2 * count * half)
        for j in 0..<half {
            let exponent = -2 * Double(j) / Double(configuration.headWidth)
            let turnsPerPosition = Elementary.power(configuration.ropeTheta, exponent) / Double.pi
            for position in 0..<count {
                let angle = Double(position) * turnsPerPosition
                buffer.base[position * half + j] = S(Elementary.cosinePi(angle))
                buffer.base[(count + position) * half + j] = S(Elementary.sinePi(angle))
            }
        }
        table = SharedBuffer(buffer)
    }

    /// Turns the queries and keys of rows of queries, keys and values; `backwards` undoes it, and
    /// turns gradients.
    func rotate(
        _ queryKeyValue: UnsafeMutablePointer<S>, positions: UnsafePointer<Int32>, rows: Int,
        backwards: Bool = false
    ) {
        S.kernels.rotate(
            queryKeyValue, table.base, table.base + count * half, positions, rows, stride, heads,
            2 * half, backwards ? -1 : 1)
    }
}
