internal import CKernels

/// Standard normal draws in bulk.
///
/// Draws 2i and 2i + 1 come from the i-th Philox block of the key by the transform of Box and
/// Muller (1958), so that a draw depends on its key and position alone, and any part of a sequence
/// can be had without the rest. Bits are the same on every machine. They are not those of
/// ``RandomStream/normal()``.
package enum NormalDraws {
    /// Draws `first ..< first + count` of a key.
    package static func array(
        _ count: Int, from key: RandomKey, startingAt first: Int = 0
    ) -> [Double] {
        Array(unsafeUninitializedCapacity: count) { buffer, initialised in
            fill(
                UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: key,
                startingAt: first)
            initialised = count
        }
    }

    /// Fills a buffer with the draws of a key from the `first` on.
    package static func fill(
        _ buffer: UnsafeMutableBufferPointer<Double>, from key: RandomKey, startingAt first: Int = 0
    ) {
        fill(buffer, from: key, startingAt: first, with: ck_random())
    }

    /// The names of the kernel's variants that this machine has, the best first, for the tests of
    /// their equality.
    package static var variants: [String] {
        var names: [String] = []
        while let table = ck_variant_random(names.count) {
            names.append(String(cString: table.pointee.variant))
        }
        return names
    }

    /// The draws as the `index`-th of ``variants`` computes them.
    package static func array(
        _ count: Int, from key: RandomKey, startingAt first: Int, variant index: Int
    ) -> [Double] {
        guard let table = ck_variant_random(index) else {
            preconditionFailure("variant \(index) of \(variants.count)")
        }
        return Array(unsafeUninitializedCapacity: count) { buffer, initialised in
            fill(
                UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: key,
                startingAt: first, with: table)
            initialised = count
        }
    }

    private static func fill(
        _ buffer: UnsafeMutableBufferPointer<Double>, from key: RandomKey, startingAt first: Int,
        with table: UnsafePointer<ck_random>
    ) {
        precondition(
            first >= 0 && first + buffer.count <= 1 << 33,
            "draws \(first) ..< \(first + buffer.count) are outside 0 ..< 2^33")
        guard let base = buffer.baseAddress else { return }
        let (philox, counter) = key.philox
        table.pointee.normals(
            base, UInt64(first), UInt64(buffer.count), UInt64(philox.y) << 32 | UInt64(philox.x),
            counter.y, counter.z, counter.w)
    }
}
