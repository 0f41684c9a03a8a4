/// What follows a context: one of its n-grams, by the last token.
struct NGramSuccessor: BitwiseCopyable, Sendable {
    var token: UInt32
    /// The count that probabilities are made of: raw, or as Kneser-Ney adjusts it.
    var count: UInt32
    /// The context that this n-gram leaves behind for the next token.
    var next: UInt32
}

/// Memory for runs of successors, in leaves of 1, 2, 4 ... 64; what is given back is used again.
struct NGramSuccessorLeaves: ~Copyable, Sendable {
    static let largest = 64

    private var memory = NGramTiers<NGramSuccessor>()
    /// For each size, the first leaf that is free; its `next` is the following one.
    private var free: InlineArray<7, UInt32?> = InlineArray(repeating: nil)

    var byteCount: Int { memory.byteCount }

    /// Takes a leaf for `capacity` successors, a power of two.
    mutating func take(capacity: Int) -> UInt32 {
        let size = capacity.trailingZeroBitCount
        guard let leaf = free[size] else {
            let first = memory.append(unit: Self.largest)
            // What is left of the piece goes to the free leaves, the first of them on top.
            var place = Self.largest - capacity
            while place > 0 {
                giveBack(first + UInt32(place), capacity: capacity)
                place -= capacity
            }
            return first
        }
        let next = self[leaf].pointee.next
        free[size] = next == leaf ? nil : next
        return leaf
    }

    /// Gives a leaf back.
    mutating func giveBack(_ leaf: UInt32, capacity: Int) {
        let size = capacity.trailingZeroBitCount
        // The last one names itself.
        self[leaf].pointee.next = free[size] ?? leaf
        free[size] = leaf
    }

    /// The address of a leaf's first successor.
    @inline(__always)
    subscript(leaf: UInt32) -> UnsafeMutablePointer<NGramSuccessor> {
        memory.address(of: leaf)
    }
}
