import Compute

/// Elements in memory that grows without moving: each tier holds twice as many as the one before.
///
/// Growing never copies, so that it costs the same at any size, and an address stays valid while the owner lives.
struct NGramTiers<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    private final class Tier: Sendable {
        let buffer: Buffer<Element>

        init(count: Int) {
            buffer = Buffer(uninitialized: count)
        }
    }

    private var tiers: [Tier]
    /// Where each tier begins, as far as there are tiers. Only who owns this value writes there.
    private nonisolated(unsafe) var bases: InlineArray<23, UnsafeMutablePointer<Element>>
    private(set) var count = 0

    /// The first tier has 2 to the power of this many elements.
    private static var firstBits: Int { 10 }
    /// Indices are kept in 32 bits.
    private static var limit: Int { 1 << 32 }

    init() {
        let tier = Tier(count: 1 << Self.firstBits)
        tiers = [tier]
        bases = InlineArray(repeating: tier.buffer.base)
    }

    /// Appends elements of arbitrary bits, all in one tier, and returns the index of the first. `unit` is a power of two
    /// of at most 1024, and the same in every call.
    mutating func append(unit: Int) -> UInt32 {
        precondition(count + unit <= Self.limit, "more than \(Self.limit) elements")
        let first = count
        count += unit
        if count > (1 << tiers.count - 1) << Self.firstBits {
            let tier = Tier(count: 1 << (Self.firstBits + tiers.count))
            bases[tiers.count] = tier.buffer.base
            tiers.append(tier)
        }
        return UInt32(first)
    }

    /// The address of an element that was appended; before any was, an address that nothing can be read from.
    @inline(__always)
    func address(of index: UInt32) -> UnsafeMutablePointer<Element> {
        let position = Int(index) &+ 1 << Self.firstBits
        let bits = 63 &- position.leadingZeroBitCount
        return bases[bits &- Self.firstBits] + (position ^ 1 << bits)
    }

    /// Bytes of all tiers.
    var byteCount: Int {
        tiers.reduce(0) { $0 + $1.buffer.count } * MemoryLayout<Element>.stride
    }
}
