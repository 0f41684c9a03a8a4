import Compute

/// The keys and values of every layer for the documents being written, one slot each.
package final class KeyValueCache {
    private let buffer: Buffer<Float>
    private let layers: Int
    private let contextLength: Int
    private let keyCount: Int
    private let valueCount: Int

    /// A cache for `slots` documents.
    package init(_ configuration: TransformerConfiguration, slots: Int) {
        layers = configuration.layers
        contextLength = configuration.contextLength
        // Keys lie in blocks of sixteen positions, so that sixteen scores are summed side by side.
        keyCount = (configuration.contextLength + 15) / 16 * 16 * configuration.keyWidth
        valueCount = configuration.contextLength * configuration.keyWidth
        buffer = Buffer(count: slots * layers * (keyCount + valueCount))
    }

    func keys(slot: Int, layer: Int) -> UnsafeMutablePointer<Float> {
        buffer.base + (slot * layers + layer) * (keyCount + valueCount)
    }

    func values(slot: Int, layer: Int) -> UnsafeMutablePointer<Float> {
        keys(slot: slot, layer: layer) + keyCount
    }

    /// Makes the first `positions` positions of a slot those of another.
    func copy(slot: Int, to target: Int, positions: Int) {
        let width = valueCount / contextLength
        for layer in 0..<layers {
            keys(slot: target, layer: layer).update(
                from: keys(slot: slot, layer: layer), count: (positions + 15) / 16 * 16 * width)
            values(slot: target, layer: layer).update(
                from: values(slot: slot, layer: layer), count: positions * width)
        }
    }
}
