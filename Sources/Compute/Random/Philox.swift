/// The counter-based generator Philox4x32-10 of Salmon, Moraes, Dror and Shaw,
/// "Parallel random numbers: as easy as 1, 2, 3" (2011).
package enum Philox {
    /// The four words that belong to a counter under a key.
    package static func block(
        counter: SIMD4<UInt32>, key: SIMD2<UInt32>
    ) -> SIMD4<UInt32> {
        var counter = counter
        var key = key
        for round in 0..<10 {
            if round > 0 {
                key.x &+= 0x9E37_79B9
                key.y &+= 0xBB67_AE85
            }
            let first = UInt64(counter.x) &* 0xD251_1F53
            let second = UInt64(counter.z) &* 0xCD9E_8D57
            counter = SIMD4(
                UInt32(truncatingIfNeeded: second >> 32) ^ counter.y ^ key.x,
                UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ counter.w ^ key.y,
                UInt32(truncatingIfNeeded: first))
        }
        return counter
    }
}
