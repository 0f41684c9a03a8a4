/// One block of memory cut into named parts once, so that a step of training or decoding allocates
/// nothing.
///
/// A first pass over an ``ArenaPlan`` adds up the sizes, then the arena hands out the parts in the
/// same order. Parts begin on 64-byte boundaries and may be read and written up to the next
/// multiple of 16 elements.
package struct Arena<Element: BitwiseCopyable>: ~Copyable {
    private let buffer: Buffer<Element>
    private var used = 0

    /// An arena with space for what was planned.
    package init(_ plan: ArenaPlan) {
        buffer = Buffer(count: plan.count)
    }

    /// The next part of `count` elements, zero at first.
    package mutating func take(_ count: Int) -> UnsafeMutablePointer<Element> {
        let start = used
        used += ArenaPlan.padded(count)
        precondition(used <= buffer.count, "arena of \(buffer.count) elements asked for \(used)")
        return buffer.base + start
    }

    /// The size of the arena in elements, the padding of its parts included.
    package var count: Int { buffer.count }
}

/// The size of an ``Arena``, added up part by part.
package struct ArenaPlan: Sendable {
    /// The elements that the planned parts take, each padded to a multiple of 16.
    package private(set) var count = 0

    package init() {}

    /// Adds a part of `count` elements, which ``Arena/take(_:)`` later hands out in the same order.
    package mutating func add(_ count: Int) {
        self.count += Self.padded(count)
    }

    fileprivate static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
}
