package import Compute

/// The keys and values of every layer for the documents being written, one slot each.
package final class KeyValueCache {
    private let buffer: Buffer<Float>
    private let configuration: TransformerConfiguration
    private let precision: Precision
    private let keyCount: Int
    private let valueCount: Int

    /// A cache for `slots` documents of up to `positions` tokens; nil for the context length. In
    /// bfloat16 it takes half the memory, and half the time to read it.
    package init(
        _ configuration: TransformerConfiguration, slots: Int, positions: Int? = nil,
        precision: Precision = .float32
    ) {
        self.configuration = configuration
        self.precision = precision
        (keyCount, valueCount) = Self.counts(
            configuration, precision, positions: positions ?? configuration.contextLength)
        // Kernels may read a vector beyond the last value.
        buffer = Buffer(count: slots * configuration.layers * (keyCount + valueCount) + 16)
    }

    /// The memory that a document takes.
    var bytesPerSlot: Int {
        configuration.layers * (keyCount + valueCount) * MemoryLayout<Float>.stride
    }

    /// The floats, or pairs of bfloat16, that the keys and the values of some positions take.
    private static func counts(
        _ configuration: TransformerConfiguration, _ precision: Precision, positions: Int
    ) -> (keys: Int, values: Int) {
        // Keys lie in blocks of sixteen positions, so that sixteen scores are summed side by side.
        let blocks = (positions + 15) / 16 * 16
        switch precision {
        case .float32:
            return (blocks * configuration.keyWidth, positions * configuration.keyWidth)
        case .bfloat16:
            let pairs = configuration.keyValueHeads * ((configuration.headWidth + 1) / 2)
            return (blocks * pairs, (positions + 1) / 2 * configuration.keyWidth)
        }
    }

    private func keys(_ slot: Int, _ layer: Int) -> UnsafeMutablePointer<Float> {
        buffer.base + (slot * configuration.layers + layer) * (keyCount + valueCount)
    }

    private func values(_ slot: Int, _ layer: Int) -> UnsafeMutablePointer<Float> {
        keys(slot, layer) + keyCount
    }

    /// Puts the key and the value in a row of queries, keys and values at a position.
    func append(
        _ queryKeyValue: UnsafePointer<Float>, slot: Int, layer: Int, position: Int
    ) {
        let key = queryKeyValue + configuration.queryWidth
        let value = key + configuration.keyWidth
        switch precision {
        case .float32:
            Float.kernels.cacheAppend(
                keys(slot, layer), values(slot, layer), key, value, position,
                configuration.keyWidth)
        case .bfloat16:
            BFloat16Kernels.current.cacheAppend(
                keys(slot, layer), values(slot, layer), key, value, position,
                configuration.keyValueHeads, configuration.headWidth)
        }
    }

    /// What the query in a row of queries, keys and values finds among the first `count` positions.
    /// `scores` has space for `scoreCount` elements.
    func attend(
        _ query: UnsafePointer<Float>, slot: Int, layer: Int, count: Int,
        scores: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
    ) {
        let scale = 1 / Float(configuration.headWidth).squareRoot()
        let (keys, values) = (keys(slot, layer), values(slot, layer))
        switch precision {
        case .float32:
            Float.kernels.cacheAttention(
                out, query, keys, values, scores, configuration.heads,
                configuration.keyValueHeads, configuration.headWidth, count, scale)
        case .bfloat16:
            BFloat16Kernels.current.cacheAttention(
                out, query, keys, values, scores, configuration.heads,
                configuration.keyValueHeads, configuration.headWidth, count, scale)
        }
    }

    /// The space that ``attend(_:slot:layer:count:scores:into:)`` needs.
    static func scoreCount(_ configuration: TransformerConfiguration) -> Int {
        configuration.heads * ((configuration.contextLength + 31) / 32 * 32)
    }

    /// Makes the first `positions` positions of a slot those of another.
    func copy(slot: Int, to target: Int, positions: Int) {
        let counts = Self.counts(configuration, precision, positions: positions)
        for layer in 0..<configuration.layers {
            keys(target, layer).update(from: keys(slot, layer), count: counts.keys)
            values(target, layer).update(from: values(slot, layer), count: counts.values)
        }
    }
}
