import Collapse

/// Draws of a number, one by one or as the sums of many. An example that is a sum has the size of
/// its draws.
package struct FamilyDraws: ExampleCollection, Hashable {
    /// One draw, or the sum of several.
    struct Element: Hashable, Sendable {
        var sum: Double
        var count: Int
    }

    private(set) var elements: [Element]
    /// The number of draws in all examples.
    package private(set) var totalSize: Int

    package init() { self.init([]) }

    init(_ elements: [Element]) {
        self.elements = elements
        totalSize = elements.reduce(0) { $0 + $1.count }
    }

    /// The number of examples, of which a sum of many draws is one.
    package var count: Int { elements.count }
    package func size(at index: Int) -> Int { elements[index].count }

    package func selecting(_ indices: [Int]) -> FamilyDraws {
        FamilyDraws(indices.map { elements[$0] })
    }

    /// Sums are drawn only for workflows that take samples whole, so none is ever cut.
    package func prefix(size: Int) -> FamilyDraws {
        guard size < totalSize else { return self }
        var left = size
        let kept = elements.prefix { element in
            defer { left -= element.count }
            return left > 0
        }
        precondition(left <= 0 && kept.reduce(0) { $0 + $1.count } == size, "a sum was to be cut")
        return FamilyDraws(Array(kept))
    }

    /// Adds examples at the end; sums stay apart.
    package mutating func append(_ other: FamilyDraws) {
        elements += other.elements
        totalSize += other.totalSize
    }

    package func contentKey(at index: Int) -> [UInt8] {
        let element = elements[index]
        return withUnsafeBytes(of: element.sum.bitPattern.littleEndian) { Array($0) }
            + withUnsafeBytes(of: UInt64(element.count).littleEndian) { Array($0) }
    }
}
