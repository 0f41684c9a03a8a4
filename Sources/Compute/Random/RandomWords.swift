internal import CKernels

/// Random bits in bulk, for samplers that need many: draw i of a key is what the (i + 1)-th call of
/// ``RandomStream/next()`` gives, and any part of a sequence can be had without the rest.
package enum RandomWords {
    /// Fills a buffer with the draws of a key from the `first` on.
    package static func fill(
        _ buffer: UnsafeMutableBufferPointer<UInt64>, from key: RandomKey, startingAt first: Int = 0
    ) {
        precondition(
            first >= 0 && first + buffer.count <= 1 << 33,
            "draws \(first) ..< \(first + buffer.count) are outside 0 ..< 2^33")
        guard let base = buffer.baseAddress else { return }
        let (philox, counter) = key.philox
        ck_random().pointee.words(
            base, UInt64(first), UInt64(buffer.count), UInt64(philox.y) << 32 | UInt64(philox.x),
            counter.y, counter.z, counter.w)
    }
}
