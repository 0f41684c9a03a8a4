/// The working state of encoding: scratch space and the pieces met so far.
///
/// One encoder serves any number of texts, one after another, and allocates little after the first.
struct BytePairEncoder: ~Copyable {
    /// Pieces longer than this merge through a heap, in time proportional to n log n.
    private static let longPiece = 96
    /// Pieces longer than this are not remembered; nor is anything beyond the store's limit.
    private static let rememberedLength = 64
    private static let rememberedBytes = 1 << 24

    private let merges: MergeTable
    private let byteTokens: [UInt32]
    private let splitter: PreTokenSplitter

    private var pieces = ByteStringTable(minimumCapacity: 1 << 9)
    /// `pieceEnds[n] ..< pieceEnds[n + 1]` are the tokens of piece n in `pieceTokens`.
    private var pieceEnds: [Int] = [0]
    private var pieceTokens: [UInt32] = []

    private var symbols = [UInt32](repeating: 0, count: Self.longPiece)
    private var pairs = [MergeTable.Value](repeating: MergeTable.absent, count: Self.longPiece)

    init(merges: MergeTable, byteTokens: [UInt32], rule: PreTokenization) {
        self.merges = merges
        self.byteTokens = byteTokens
        splitter = PreTokenSplitter(rule: rule)
    }

    /// Appends the tokens of `bytes[range]`.
    mutating func encode(
        _ bytes: Span<UInt8>, _ range: Range<Int>, into tokens: inout [UInt32]
    ) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = splitter.end(of: bytes, from: start, limit: range.upperBound)
            encodePiece(bytes, start..<end, into: &tokens)
            start = end
        }
    }

    @inline(__always)
    private mutating func encodePiece(
        _ bytes: Span<UInt8>, _ piece: Range<Int>, into tokens: inout [UInt32]
    ) {
        if piece.count == 1 {
            tokens.append(byteTokens[Int(bytes[piece.lowerBound])])
            return
        }
        if piece.count > Self.rememberedLength {
            if piece.count > Self.longPiece {
                mergeLong(bytes, piece, into: &tokens)
            } else {
                mergeShort(bytes, piece, into: &tokens)
            }
            return
        }
        let hash = ByteStringTable.hash(bytes, piece)
        if let number = pieces.find(bytes, piece, hash: hash) {
            for index in pieceEnds[number]..<pieceEnds[number &+ 1] {
                tokens.append(pieceTokens[index])
            }
            return
        }
        let before = tokens.count
        mergeShort(bytes, piece, into: &tokens)
        if pieces.byteCount < Self.rememberedBytes {
            pieces.append(bytes, piece, hash: hash)
            pieceTokens.append(contentsOf: tokens[before...])
            pieceEnds.append(pieceTokens.count)
        }
    }

    /// Merges the best pair, leftmost first, until none is left; quadratic, but fast when short.
    @inline(never)
    private mutating func mergeShort(
        _ bytes: Span<UInt8>, _ piece: Range<Int>, into tokens: inout [UInt32]
    ) {
        var count = piece.count
        for index in 0..<count {
            symbols[index] = byteTokens[Int(bytes[piece.lowerBound + index])]
        }
        for index in 0..<count - 1 {
            pairs[index] = merges.value(symbols[index], symbols[index + 1])
        }
        while count > 1 {
            var best = MergeTable.absent
            var place = 0
            for index in 0..<count - 1 where pairs[index] < best {
                best = pairs[index]
                place = index
            }
            if best == MergeTable.absent { break }
            symbols[place] = UInt32(truncatingIfNeeded: best)
            count -= 1
            var index = place + 1
            while index < count {
                symbols[index] = symbols[index + 1]
                pairs[index - 1] = pairs[index]
                index += 1
            }
            if place > 0 { pairs[place - 1] = merges.value(symbols[place - 1], symbols[place]) }
            if place + 1 < count { pairs[place] = merges.value(symbols[place], symbols[place + 1]) }
        }
        for index in 0..<count { tokens.append(symbols[index]) }
    }

    /// The same merges in the same order, through a heap of candidate pairs over a linked list.
    @inline(never)
    private mutating func mergeLong(
        _ bytes: Span<UInt8>, _ piece: Range<Int>, into tokens: inout [UInt32]
    ) {
        let count = piece.count
        var chain = SymbolChain(
            symbols: piece.map { byteTokens[Int(bytes[$0])] }, merges: merges)
        chain.mergeAll(merges)
        tokens.reserveCapacity(tokens.count + count / 4)
        chain.append(to: &tokens)
    }
}

/// A long piece during merging: a doubly linked list of symbols and a heap of pairs.
private struct SymbolChain {
    private var symbols: [UInt32]
    private var next: [Int]
    private var previous: [Int]
    /// What the symbol and its successor become; absent for removed symbols and the last one.
    private var pairs: [MergeTable.Value]
    private var heap: MinHeap

    init(symbols: [UInt32], merges: MergeTable) {
        let count = symbols.count
        precondition(count <= Int(UInt32.max), "a piece of \(count) bytes is too long")
        self.symbols = symbols
        next = Array(1...count)
        previous = Array(-1..<count - 1)
        pairs = [MergeTable.Value](repeating: MergeTable.absent, count: count)
        heap = MinHeap()
        for index in 0..<count - 1 {
            pairs[index] = merges.value(symbols[index], symbols[index + 1])
            pushPair(at: index)
        }
    }

    mutating func mergeAll(_ merges: MergeTable) {
        while let entry = heap.pop() {
            let place = Int(entry & 0xFFFF_FFFF)
            let value = pairs[place]
            // An entry has expired when its pair has changed since it was pushed.
            guard value != MergeTable.absent, value >> 32 == entry >> 32 else { continue }
            let removed = next[place]
            let following = next[removed]
            symbols[place] = UInt32(truncatingIfNeeded: value)
            pairs[removed] = MergeTable.absent
            next[place] = following
            if following < symbols.count {
                previous[following] = place
                pairs[place] = merges.value(symbols[place], symbols[following])
                pushPair(at: place)
            } else {
                pairs[place] = MergeTable.absent
            }
            let preceding = previous[place]
            if preceding >= 0 {
                pairs[preceding] = merges.value(symbols[preceding], symbols[place])
                pushPair(at: preceding)
            }
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
    private mutating func pushPair(at place: Int) {
        guard pairs[place] != MergeTable.absent else { return }
        heap.push((pairs[place] >> 32) << 32 | UInt64(place))
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
