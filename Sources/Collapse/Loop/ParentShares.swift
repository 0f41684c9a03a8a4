/// How several parents share a sample: parts of equal size up to one example, in the order of the
/// parents.
public struct ParentShares: Sendable {
    private let size: Int
    private let parents: Int

    public init(of size: Int, parents: Int) {
        self.size = size
        self.parents = parents
    }

    /// The part that a parent draws.
    public subscript(parent: Int) -> Range<Int> {
        parent * size / parents..<(parent + 1) * size / parents
    }

    /// The parent of an example, where each example is drawn on its own; a larger part comes first
    /// and not last.
    public func parent(ofExample index: Int) -> Int { index * parents / size }
}
