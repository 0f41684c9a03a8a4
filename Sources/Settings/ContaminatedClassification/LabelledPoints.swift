import Collapse

/// Labelled points of a finite domain, each with what the published classifier said of it when it
/// was drawn.
package struct LabelledPoints: ExampleCollection, Hashable {
    struct Element: Hashable, Sendable {
        var point: Int
        var label: Bool
        /// Nil for real examples, which were drawn before anything was published.
        var published: Bool?

        /// A synthetic label is the published one, so a label that contradicts it is real.
        var canOnlyBeReal: Bool { published.map { $0 != label } ?? true }
    }

    private(set) var elements: [Element]

    package init() { elements = [] }
    init(_ elements: [Element]) { self.elements = elements }

    /// The number of labelled points.
    package var count: Int { elements.count }
    package var totalSize: Int { elements.count }
    package static var hasUnitSizes: Bool { true }
    package func size(at index: Int) -> Int { 1 }

    package func selecting(_ indices: [Int]) -> LabelledPoints {
        LabelledPoints(indices.map { elements[$0] })
    }

    package func prefix(size: Int) -> LabelledPoints {
        size >= count ? self : LabelledPoints(Array(elements.prefix(size)))
    }

    /// Adds examples at the end, with what was published when each was drawn.
    package mutating func append(_ other: LabelledPoints) {
        elements += other.elements
    }

    package func contentKey(at index: Int) -> [UInt8] {
        let element = elements[index]
        return withUnsafeBytes(of: UInt64(element.point).littleEndian) { Array($0) }
            + [element.label ? 1 : 0]
    }
}
