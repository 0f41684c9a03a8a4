import Glibc

/// Owned, aligned memory for `count` elements, zero at first; freed with its owner.
///
/// The one place where the program allocates numbers in bulk. Kernels and matrix products take the
/// addresses it lends; everybody else uses the subscript, which is checked.
package struct Buffer<Element: BitwiseCopyable>: ~Copyable {
    /// The first element; aligned to 64 bytes, or to 2 MiB where that much is asked for. Valid
    /// while the buffer lives.
    package let base: UnsafeMutablePointer<Element>
    /// The number of elements from ``base`` on.
    package let count: Int

    /// Buffers of this size and more ask the system for large pages: products of large matrices
    /// otherwise wait for address translation.
    private static var hugePage: Int { 1 << 21 }

    /// Allocates `count` elements that are all zero bits. A large buffer takes memory where it is
    /// first used.
    package init(count: Int) {
        self.init(uninitialized: count)
        let bytes = max(1, count) * MemoryLayout<Element>.stride
        // Pages that are given back to the system come again as zeros.
        let pages = bytes / Self.hugePage * Self.hugePage
        let isCleared = pages > Self.hugePage && madvise(base, pages, MADV_DONTNEED) == 0
        let rest = isCleared ? pages : 0
        memset(UnsafeMutableRawPointer(base) + rest, 0, bytes - rest)
    }

    /// Allocates `count` elements of arbitrary bits, for owners that write every one of them: the
    /// threads that write first share the work of bringing in the memory.
    package init(uninitialized count: Int) {
        precondition(count >= 0, "a buffer of \(count) elements")
        self.count = count
        let bytes = max(1, count) * MemoryLayout<Element>.stride
        let isLarge = bytes >= 2 * Self.hugePage
        var address: UnsafeMutableRawPointer?
        let code = posix_memalign(&address, isLarge ? Self.hugePage : 64, bytes)
        guard code == 0, let address else {
            preconditionFailure("\(bytes) bytes of memory could not be had: error \(code)")
        }
        if isLarge { _ = madvise(address, bytes, MADV_HUGEPAGE) }
        base = address.bindMemory(to: Element.self, capacity: max(1, count))
    }

    /// Allocates and copies `elements`.
    package init(_ elements: [Element]) {
        self.init(count: elements.count)
        elements.withUnsafeBufferPointer { source in
            if let start = source.baseAddress {
                base.update(from: start, count: source.count)
            }
        }
    }

    /// Takes over memory that its owner allocated and no longer needs.
    private init(base: UnsafeMutablePointer<Element>, count: Int) {
        self.base = base
        self.count = count
    }

    deinit { free(base) }

    /// The same memory for `count` elements of another kind with arbitrary bits, where they fit, or
    /// else new memory. Memory that is already there costs nothing to bring in.
    package consuming func reused<Other>(
        as other: Other.Type, count: Int
    ) -> Buffer<Other> {
        let needed = max(1, count) * MemoryLayout<Other>.stride
        let held = max(1, self.count) * MemoryLayout<Element>.stride
        guard needed <= held else {
            _ = consume self
            return Buffer<Other>(uninitialized: count)
        }
        let memory = UnsafeMutableRawPointer(base)
        discard self
        // What is left over goes back to the system.
        let page = Int(getpagesize())
        let end = (Int(bitPattern: memory) + needed + page - 1) / page * page
        let rest = Int(bitPattern: memory) + held - end
        if rest >= page, let start = UnsafeMutableRawPointer(bitPattern: end) {
            _ = madvise(start, rest / page * page, MADV_DONTNEED)
        }
        return Buffer<Other>(
            base: memory.bindMemory(to: Other.self, capacity: max(1, count)), count: count)
    }

    /// The element at `index`; traps outside `0 ..< count`, in release builds too.
    package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "element \(index) of \(count)")
            return base[index]
        }
        set {
            precondition(index >= 0 && index < count, "element \(index) of \(count)")
            base[index] = newValue
        }
    }

    /// The elements as an array.
    package borrowing func array() -> [Element] {
        Array(UnsafeBufferPointer(start: base, count: count))
    }

    /// A buffer of its own with the same elements.
    package borrowing func copy() -> Buffer {
        let copy = Buffer(count: count)
        copy.base.update(from: base, count: count)
        return copy
    }
}

// `@unchecked`: a buffer has one owner, so handing it to another thread hands over all access to
// it.
extension Buffer: @unchecked Sendable where Element: Sendable {}

/// A buffer that nobody writes any more, shared between owners and threads.
package final class SharedBuffer<Element: BitwiseCopyable & Sendable>: Sendable {
    private let storage: Buffer<Element>

    /// Takes over a buffer; from here on it is read only.
    package init(_ storage: consuming Buffer<Element>) {
        self.storage = storage
    }

    /// The number of elements from ``base`` on.
    package var count: Int { storage.count }
    /// The first element; valid while this object lives.
    package var base: UnsafePointer<Element> { UnsafePointer(storage.base) }

    /// The elements as an array.
    package func array() -> [Element] { storage.array() }
    /// A writable copy.
    package func copy() -> Buffer<Element> { storage.copy() }
}
