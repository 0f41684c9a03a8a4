/// A long piece during merging: a doubly linked list of symbols and a heap of pairs.
struct SymbolChain {
    private var symbols: [UInt32]
    private var next: [Int]
    private var previous: [Int]
    /// What the symbol and its successor become; absent for removed symbols and the last one.
    private var pairs: [MergeTable.Value]
    private var heap: MinHeap

    /// The tokens that the symbols of a piece merge into: always the pair of the lowest rank, the
    /// leftmost first.
    ///
    /// - Complexity: O(n log n).
    init(merging symbols: [UInt32], by merges: MergeTable) {
        let count = symbols.count
        precondition(count <= Int(UInt32.max), "a piece of \(count) bytes is too long")
        self.symbols = symbols
        next = (0..<count).map { $0 + 1 }
        previous = (0..<count).map { $0 - 1 }
        pairs = [MergeTable.Value](repeating: MergeTable.absent, count: count)
        heap = MinHeap()
        for index in 0..<max(count - 1, 0) {
            pairs[index] = merges.value(symbols[index], symbols[index + 1])
            pushPair(at: index)
        }
        while let entry = heap.pop() { merge(entry, merges) }
    }

    private mutating func merge(_ entry: UInt64, _ merges: MergeTable) {
        let index = Int(entry & 0xFFFF_FFFF)
        let value = pairs[index]
        // An entry has expired when its pair has changed since it was pushed.
        guard value != MergeTable.absent, value >> 32 == entry >> 32 else { return }
        let removed = next[index]
        let following = next[removed]
        symbols[index] = UInt32(truncatingIfNeeded: value)
        pairs[removed] = MergeTable.absent
        next[index] = following
        if following < symbols.count {
            previous[following] = index
            pairs[index] = merges.value(symbols[index], symbols[following])
            pushPair(at: index)
        } else {
            pairs[index] = MergeTable.absent
        }
        let preceding = previous[index]
        if preceding >= 0 {
            pairs[preceding] = merges.value(symbols[preceding], symbols[index])
            pushPair(at: preceding)
        }
    }

    func append(to tokens: inout [UInt32]) {
        var index = 0
        while index < symbols.count {
            tokens.append(symbols[index])
            index = next[index]
        }
    }

    /// Heap entries hold the rank in the upper half and the position in the lower.
    private mutating func pushPair(at index: Int) {
        guard pairs[index] != MergeTable.absent else { return }
        heap.push((pairs[index] >> 32) << 32 | UInt64(index))
    }
}

/// A binary heap of 64-bit keys, smallest first.
private struct MinHeap {
    private var keys: [UInt64] = []

    mutating func push(_ key: UInt64) {
        var index = keys.count
        keys.append(key)
        while index > 0 {
            let parent = (index - 1) / 2
            guard key < keys[parent] else { break }
            keys[index] = keys[parent]
            index = parent
        }
        keys[index] = key
    }

    mutating func pop() -> UInt64? {
        guard let top = keys.first, let last = keys.popLast() else { return nil }
        guard !keys.isEmpty else { return top }
        var index = 0
        while true {
            var child = index * 2 + 1
            guard child < keys.count else { break }
            if child + 1 < keys.count && keys[child + 1] < keys[child] { child += 1 }
            guard keys[child] < last else { break }
            keys[index] = keys[child]
            index = child
        }
        keys[index] = last
        return top
    }
}
