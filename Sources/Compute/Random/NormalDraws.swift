/// Standard normal draws in bulk.
///
/// Draws 2i and 2i + 1 come from the i-th Philox block of the key by the transform of Box and Muller (1958), so that a
/// draw depends on its key and place alone.
package enum NormalDraws {
    /// `count` draws.
    package static func array(_ count: Int, from key: RandomKey) -> [Double] {
        Array(unsafeUninitializedCapacity: count) { buffer, initialised in
            fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: key)
            initialised = count
        }
    }

    /// Fills a buffer with the first draws of a key.
    package static func fill(
        _ buffer: UnsafeMutableBufferPointer<Double>, from key: RandomKey
    ) {
        var stream = RandomStream(key)
        for place in stride(from: 0, to: buffer.count, by: 2) {
            // The half step keeps the logarithm of 0 out of reach.
            let first = (Double(stream.next() >> 12) + 0.5) * 0x1p-52
            let second = Double(stream.next() >> 11) * 0x1p-53
            let radius = (-2 * Elementary.log(first)).squareRoot()
            buffer[place] = radius * Elementary.cosinePi(2 * second)
            if place + 1 < buffer.count {
                buffer[place + 1] = radius * Elementary.sinePi(2 * second)
            }
        }
    }
}
