/// Numbers that nobody writes any more, in the memory of an array or of a mapped file; copies share
/// it.
package struct NGramColumn<Element: BitwiseCopyable & Hashable & Sendable>: Sendable {
    /// Keeps the memory.
    let owner: any AnyObject & Sendable
    /// The numbers without bounds checks, for hot loops; valid while this column or a copy of it
    /// lives.
    package nonisolated(unsafe) let elements: UnsafeBufferPointer<Element>

    /// Takes over an array without copying it.
    package init(_ array: [Element]) {
        let owner = ArrayOwner(array)
        self.owner = owner
        // The elements lie in the heap object that the owner holds and nobody changes, so their
        // position stays.
        elements = owner.array.withUnsafeBufferPointer { $0 }
    }

    /// Memory that `owner` keeps and that nobody changes.
    init(_ elements: UnsafeBufferPointer<Element>, of owner: any AnyObject & Sendable) {
        self.owner = owner
        self.elements = elements
    }
}

private final class ArrayOwner<Element: Sendable>: Sendable {
    let array: [Element]

    init(_ array: [Element]) {
        self.array = array
    }
}

extension NGramColumn: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { elements.count }

    /// The element at an index, which must lie in `0..<count`; bounds-checked, unlike ``elements``.
    package subscript(index: Int) -> Element {
        precondition(
            index >= 0 && index < elements.count, "element \(index) of \(elements.count)")
        return elements[index]
    }
}

extension NGramColumn: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.elements.elementsEqual(right.elements)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(elements.count)
        for element in elements { hasher.combine(element) }
    }
}
