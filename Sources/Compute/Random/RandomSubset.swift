/// Uniformly random subsets.
package enum RandomSubset {
    /// `size` of the indices `0 ..< count`, ascending, every such set equally likely.
    ///
    /// Indices are drawn until there are enough different ones; of more than half, those that are
    /// left out are drawn. So the cost is that of the draws and of a bit for each index, not of a
    /// permutation.
    package static func indices(_ size: Int, of count: Int, from key: RandomKey) -> [Int] {
        precondition(size >= 0 && size <= count, "\(size) of \(count) indices")
        let isComplement = size > count / 2
        let drawn = isComplement ? count - size : size
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count / 64 + 1) { bits in
            bits.initialize(repeating: isComplement ? .max : 0)
            flip(drawn, of: count, in: bits, from: key)
            if isComplement { bits[count / 64] &= (1 << UInt64(count % 64)) &- 1 }
            return [Int](unsafeUninitializedCapacity: size) { indices, found in
                for (word, content) in bits.enumerated() {
                    var rest = content
                    while rest != 0 {
                        indices[found] = word * 64 + rest.trailingZeroBitCount
                        found += 1
                        rest &= rest &- 1
                    }
                }
            }
        }
    }

    /// Turns over `size` different bits of `count`, which are all equal at first.
    private static func flip(
        _ size: Int, of count: Int, in bits: UnsafeMutableBufferPointer<UInt64>, from key: RandomKey
    ) {
        guard size > 0 else { return }
        let bound = UInt64(count)
        // Products whose lower half is below this belong to no value, so that none is more likely
        // (Lemire 2019).
        let threshold = (0 &- bound) % bound
        let original = bits[0] & 1
        var (left, first) = (size, 0)
        let capacity = min(1_024, size + size / 4 + 8)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: capacity) { words in
            while left > 0 {
                RandomWords.fill(words, from: key, startingAt: first)
                first += capacity
                for word in words where left > 0 {
                    let product = word.multipliedFullWidth(by: bound)
                    guard product.low >= threshold else { continue }
                    let index = Int(product.high)
                    let mask = UInt64(1) << UInt64(index % 64)
                    guard (bits[index / 64] & mask != 0) == (original != 0) else { continue }
                    bits[index / 64] ^= mask
                    left -= 1
                }
            }
        }
    }
}
