/// The leaves of a context that has more successors than one leaf holds, in the order of their tokens.
///
/// A new leaf costs O(leaves), but only after half a leaf of new successors; everything else is O(log leaves).
struct NGramDirectory: Sendable {
    struct Leaf: Sendable {
        /// Tokens from here on belong to this leaf, as far as the next one; 0 in the first leaf.
        var lowest: UInt32
        var place: UInt32
        var size: UInt32
        /// What the successors count together.
        var total: UInt32
    }

    private(set) var leaves: [Leaf]
    /// The totals as a Fenwick tree (1994): entry i - 1 sums the totals of leaves i - lowbit(i) ..< i.
    private var sums: [UInt32] = []

    init(_ leaf: Leaf) {
        leaves = [leaf]
        rebuild()
    }

    /// The leaf that a token belongs to.
    @inline(__always)
    func leaf(of token: UInt32) -> Int {
        var low = 0
        var count = leaves.count
        while count > 1 {
            let half = count &>> 1
            low = leaves[low &+ half].lowest <= token ? low &+ half : low
            count &-= half
        }
        return low
    }

    /// Enters that a leaf has more or fewer successors, and that they count so much more (both modulo 2^32).
    mutating func change(_ leaf: Int, size: UInt32, total: UInt32) {
        leaves[leaf].size &+= size
        leaves[leaf].total &+= total
        var index = leaf + 1
        while index <= sums.count {
            sums[index - 1] &+= total
            index += index & -index
        }
    }

    /// Enters that the upper part of a leaf has become a leaf of its own.
    mutating func split(_ leaf: Int, upper: Leaf) {
        leaves[leaf].size -= upper.size
        leaves[leaf].total -= upper.total
        leaves.insert(upper, at: leaf + 1)
        rebuild()
    }

    /// Enters that a leaf has taken in the next one.
    mutating func merge(_ leaf: Int) {
        let upper = leaves.remove(at: leaf + 1)
        leaves[leaf].size += upper.size
        leaves[leaf].total += upper.total
        rebuild()
    }

    /// The first leaf with which the totals, summed up, exceed `draw`, and their sum before it. They must exceed it.
    func leaf(above draw: Double) -> (leaf: Int, before: UInt32) {
        var (leaf, before) = (0, UInt32(0))
        var step = 1 << (63 - sums.count.leadingZeroBitCount)
        while step > 0 {
            if leaf + step <= sums.count, Double(before + sums[leaf + step - 1]) <= draw {
                before += sums[leaf + step - 1]
                leaf += step
            }
            step >>= 1
        }
        return (leaf, before)
    }

    private mutating func rebuild() {
        sums = leaves.map(\.total)
        for index in 1...sums.count {
            let parent = index + (index & -index)
            if parent <= sums.count { sums[parent - 1] += sums[index - 1] }
        }
    }
}
