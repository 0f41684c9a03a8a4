import Compute

/// The n-grams of a corpus with their counts in flat columns, numbered as the nodes of
/// ``NGramTrie``: raw counts, or those that Kneser-Ney adjusts, or either summed up within each
/// block of successors.
struct NGramCounts<Count: NGramCount>: ~Copyable {
    let vocabularyCount: Int
    let boundary: UInt32
    /// As in ``NGramTrie``.
    let levelBegin: [Int]
    let tokens: Buffer<UInt32>
    private(set) var suffixes: Buffer<UInt32>
    let childBegin: Buffer<UInt32>
    let counts: Buffer<Count>

    var order: Int { levelBegin.count - 2 }
    var nodeCount: Int { levelBegin[order + 1] }
    var contextCount: Int { levelBegin[order] }

    /// Columns to be filled, with the root and the unigrams written, and no suffixes.
    init(vocabularyCount: Int, boundary: UInt32, levelBegin: [Int]) {
        self.vocabularyCount = vocabularyCount
        self.boundary = boundary
        self.levelBegin = levelBegin
        let order = levelBegin.count - 2
        let nodeCount = levelBegin[order + 1]
        tokens = Buffer(uninitialized: nodeCount)
        suffixes = Buffer(uninitialized: 0)
        childBegin = Buffer(uninitialized: levelBegin[order] + 1)
        counts = Buffer(uninitialized: nodeCount)
        tokens.base[0] = 0
        counts.base[0] = .zero
        for token in 0..<vocabularyCount {
            tokens.base[1 + token] = UInt32(truncatingIfNeeded: token)
        }
        childBegin.base[0] = 1
        childBegin.base[levelBegin[order]] = UInt32(truncatingIfNeeded: nodeCount)
    }

    /// Makes space for the suffixes, in memory that is no longer needed, and fills in those of
    /// unigrams.
    mutating func placeSuffixes<Spare>(in spare: consuming Buffer<Spare>) {
        suffixes = spare.reused(as: UInt32.self, count: nodeCount)
        for node in 0..<levelBegin[2] { suffixes.base[node] = 0 }
    }

    func level(_ length: Int) -> Range<Int> { levelBegin[length]..<levelBegin[length + 1] }

    @inline(__always)
    func successors(of context: Int) -> Range<Int> {
        Range(
            uncheckedBounds: (
                Int(childBegin.base[context]), Int(childBegin.base[context &+ 1])
            ))
    }

    /// The node of an n-gram, where it was seen.
    func node(of tokens: [UInt32]) -> Int? {
        var node = 0
        for token in tokens {
            let block = successors(of: node)
            let column = UnsafeBufferPointer(start: self.tokens.base, count: self.tokens.count)
            guard let next = column.search(token, in: block) else { return nil }
            node = next
        }
        return node
    }

    /// How many n-grams of one length have count 1, 2, 3 and 4.
    func countsOfCounts(length: Int, pool: WorkerPool) -> [Int] {
        // 0 and what is more than 4 come along.
        let tally = Buffer<Int>(count: 6 * pool.count)
        let parts = NGramBlocks.even(level(length), size: 1 << 16)
        pool.perform(tasks: parts.count) { part, worker in
            let tally = tally.base + 6 * worker
            for node in parts[part] { tally[counts.base[node].index(atMost: 5)] &+= 1 }
        }
        return (1...4).map { count in
            (0..<pool.count).reduce(0) { $0 + tally.base[6 * $1 + count] }
        }
    }

    /// Sums the counts up inside each block of successors, so that a draw is a binary search.
    consuming func accumulated(pool: WorkerPool) -> NGramCounts {
        let parts = NGramBlocks.even(0..<contextCount, size: 1 << 14)
        pool.perform(tasks: parts.count) { part, _ in
            for context in parts[part] {
                var sum = Count.zero
                for node in successors(of: context) {
                    sum += counts.base[node]
                    counts.base[node] = sum
                }
            }
        }
        return self
    }

    /// Hands the columns over to a model.
    consuming func columns() -> (trie: NGramTrie, counts: NGramCumulativeCounts) {
        (
            NGramTrie(
                vocabularyCount: vocabularyCount, boundary: boundary, levelBegin: levelBegin,
                tokens: NGramColumn(SharedBuffer(tokens)),
                suffixes: NGramColumn(SharedBuffer(suffixes)),
                childBegin: NGramColumn(SharedBuffer(childBegin))),
            Count.cumulative(NGramColumn(SharedBuffer(counts)))
        )
    }
}

extension NGramColumn {
    /// Takes over a buffer without copying it.
    init(_ buffer: SharedBuffer<Element>) {
        self.init(UnsafeBufferPointer(start: buffer.base, count: buffer.count), of: buffer)
    }
}

/// How a range is cut for workers.
enum NGramBlocks {
    static func even(_ range: Range<Int>, size: Int) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: size).map {
            $0..<min($0 + size, range.upperBound)
        }
    }
}
