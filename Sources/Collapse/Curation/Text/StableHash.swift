/// Hashes of 64 bits that are the same in every process and for ever, for buckets and shingles; no
/// protection against anybody who wants them to meet.
enum StableHash {
    /// FNV-1a, whose weak upper bits are mixed.
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mixed(hash)
    }

    /// The hash of a sequence of hashes.
    static func hash(ofHashes hashes: some Sequence<UInt64>) -> UInt64 {
        hashes.reduce(0x9E37_79B9_7F4A_7C15) { mixed($0 ^ $1) &+ 0x9E37_79B9_7F4A_7C15 }
    }

    /// A permutation of the numbers of 64 bits in which every bit of the result depends on all of
    /// `value`: the end of SplitMix64 (Steele et al. 2014).
    static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
