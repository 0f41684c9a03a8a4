import Compute

/// Memory for what one pass computes, which the next pass uses again. Addresses stay valid until
/// ``reset()``.
struct TapeMemory<Element: BitwiseCopyable> {
    /// Owns a block, so that blocks can stand in an array.
    private final class Block {
        let buffer: Buffer<Element>

        init(count: Int) { buffer = Buffer(uninitialized: count) }
    }

    private var blocks: [Block] = []
    /// The block in use and how much of it is.
    private var current = 0
    private var used = 0

    private static var blockCount: Int { 1 << 18 }

    /// Memory for so many elements, with arbitrary bits.
    mutating func take(_ count: Int) -> UnsafeMutablePointer<Element> {
        let padded = (count + 15) / 16 * 16
        while current < blocks.count, used + padded > blocks[current].buffer.count {
            current += 1
            used = 0
        }
        if current == blocks.count {
            blocks.append(Block(count: max(Self.blockCount, padded)))
            used = 0
        }
        defer { used += padded }
        return blocks[current].buffer.base + used
    }

    /// Makes all of it free again.
    mutating func reset() {
        current = 0
        used = 0
    }
}
