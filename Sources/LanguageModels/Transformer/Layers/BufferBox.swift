import Compute

/// A buffer behind a reference, for where one is optional or one of several.
final class BufferBox {
    let buffer: Buffer<Float>

    init(count: Int) { buffer = Buffer(count: count) }
    init(_ buffer: consuming Buffer<Float>) { self.buffer = buffer }

    var base: UnsafeMutablePointer<Float> { buffer.base }
    var count: Int { buffer.count }

    /// The elements now, for others to keep.
    func snapshot() -> SharedBuffer<Float> { SharedBuffer(buffer.copy()) }
}
