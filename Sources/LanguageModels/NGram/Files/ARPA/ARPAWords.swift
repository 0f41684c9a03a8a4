import Compute

/// The spellings of all tokens in slots of 16 bytes, from which they are copied without a loop
/// where they fit.
struct ARPAWords: ~Copyable {
    /// A slot is the length and up to 15 bytes, or `long` and where the bytes are: 7 bytes each for
    /// position and length.
    private let slots: Buffer<UInt8>
    /// Spellings of more than 15 bytes.
    private let spellings: [UInt8]

    /// What a copied word may overshoot.
    static let slack = 16
    private static let slot = 16
    private static let long: UInt8 = 255

    /// - Parameters:
    ///   - count: The number of ids; the last slot is the boundary's as context.
    ///   - spelling: The bytes of each id, `</s>` for the boundary.
    init(count: Int, spelling: (UInt32) -> ArraySlice<UInt8>) {
        slots = Buffer(count: (count + 1) * Self.slot)
        var spellings: [UInt8] = []
        for id in 0...count {
            let word =
                id < count
                ? spelling(UInt32(truncatingIfNeeded: id)) : NGramVocabulary.startSpelling[...]
            let slot = slots.base + id * Self.slot
            if word.count < Self.slot {
                slot[0] = UInt8(word.count)
                for (index, byte) in word.enumerated() { slot[1 + index] = byte }
            } else {
                let entry = UnsafeMutableRawPointer(slot)
                entry.storeBytes(of: UInt64(spellings.count) << 8, as: UInt64.self)
                entry.storeBytes(of: UInt64(word.count), toByteOffset: 8, as: UInt64.self)
                slot[0] = Self.long
                spellings += word
            }
        }
        self.spellings = spellings
    }

    func count(of id: Int) -> Int {
        let slot = slots.base + id &* Self.slot
        return slot[0] == Self.long
            ? UnsafeRawPointer(slot).load(fromByteOffset: 8, as: Int.self) : Int(slot[0])
    }

    /// Copies a spelling to where there is space for it and ``slack``; returns its length.
    @inline(__always)
    func copy(_ id: Int, to position: UnsafeMutablePointer<UInt8>) -> Int {
        let slot = slots.base + id &* Self.slot
        let count = slot[0]
        if count == Self.long { return copyLong(id, to: position) }
        let source = UnsafeRawPointer(slot + 1)
        let (low, high) = (
            source.loadUnaligned(as: UInt64.self),
            source.loadUnaligned(fromByteOffset: 7, as: UInt64.self)
        )
        let target = UnsafeMutableRawPointer(position)
        target.storeBytes(of: low, as: UInt64.self)
        target.storeBytes(of: high, toByteOffset: 7, as: UInt64.self)
        return Int(count)
    }

    private func copyLong(_ id: Int, to position: UnsafeMutablePointer<UInt8>) -> Int {
        let entry = UnsafeRawPointer(slots.base + id * Self.slot)
        let start = Int(entry.load(as: UInt64.self) >> 8)
        let count = entry.load(fromByteOffset: 8, as: Int.self)
        spellings.withUnsafeBufferPointer { spellings in
            for index in 0..<count { position[index] = spellings[start + index] }
        }
        return count
    }
}
