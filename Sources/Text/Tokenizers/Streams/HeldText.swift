/// The end of a text that comes in blocks, of which it is not yet certain how it is to be read.
///
/// However small the blocks and however long the held part grows, it is looked at again only when
/// it has doubled: all looks together cost no more than a constant number of passes over the text.
struct HeldText: Sendable {
    private static let smallestLook = 1 << 12

    private(set) var bytes: [UInt8] = []
    /// The number of bytes at which a look is worth while.
    private var nextLook = smallestLook

    /// Appends bytes.
    ///
    /// - Returns: Whether to look at them now.
    mutating func append(_ block: Span<UInt8>, _ range: Range<Int>) -> Bool {
        block.extracting(range).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        return bytes.count >= nextLook
    }

    /// Takes the bytes out, so that they can be read while the owner changes.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    /// Puts back what was taken, without its first `count` bytes.
    mutating func putBack(_ taken: consuming [UInt8], droppingFirst count: Int) {
        bytes = taken
        bytes.removeFirst(count)
        nextLook = max(Self.smallestLook, 2 * bytes.count)
    }
}
