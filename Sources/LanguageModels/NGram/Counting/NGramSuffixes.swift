import Compute

/// Finds for each n-gram the one without its first token, and counts by how many others it is
/// found.
///
/// The successors of w1...wk are among those of w2...wk, and both blocks ascend, so that they are
/// merged; that gives the suffixes of the next level. Work is taken by w2: all n-grams that begin
/// with any w1 w2 meet in the n-grams beginning with w2, which few tokens have more of than the
/// processor's cache holds, and which no other worker writes.
struct NGramSuffixes<Count: NGramCount>: ~Copyable {
    private let counts: NGramCounts<Count>
    private let order: Int
    private let tokens: UnsafeMutablePointer<UInt32>
    private let suffixes: UnsafeMutablePointer<UInt32>
    private let childBegin: UnsafeMutablePointer<UInt32>
    private let column: UnsafeMutablePointer<Count>
    private let isAdjusting: Bool

    /// Fills in the suffixes of n-grams with raw counts, and if asked adjusts the counts: every
    /// n-gram below the highest order gets the number of distinct tokens seen before it (the
    /// document start is one), except where it begins a document, because nothing can stand before
    /// it there.
    static func fill(
        _ counts: consuming NGramCounts<Count>, isAdjusting: Bool, pool: WorkerPool
    ) -> NGramCounts<Count> {
        guard counts.order > 1 else { return counts }
        return NGramSuffixes(counts, isAdjusting: isAdjusting).run(pool)
    }

    private init(_ counts: consuming NGramCounts<Count>, isAdjusting: Bool) {
        order = counts.order
        tokens = counts.tokens.base
        suffixes = counts.suffixes.base
        childBegin = counts.childBegin.base
        column = counts.counts.base
        self.isAdjusting = isAdjusting && counts.order > 1
        self.counts = counts
    }

    private consuming func run(_ pool: WorkerPool) -> NGramCounts<Count> {
        let vocabularyCount = counts.vocabularyCount
        let bigrams = counts.level(2)
        // The bigrams by their last token.
        var sizes = Array(repeating: 0, count: vocabularyCount)
        for node in bigrams {
            suffixes[node] = 1 + tokens[node]
            sizes[Int(tokens[node])] += 1
        }
        if isAdjusting { clear(sizes, pool) }
        var heads = Array(repeating: 0, count: vocabularyCount)
        var begin = 0
        for token in 0..<vocabularyCount {
            heads[token] = begin
            begin += sizes[token]
        }
        guard order > 2 else { return counts }
        let grouped = Buffer<UInt32>(uninitialized: bigrams.count)
        for node in bigrams {
            let token = Int(tokens[node])
            grouped.base[heads[token]] = UInt32(truncatingIfNeeded: node)
            heads[token] += 1
        }
        let partition = NGramPartition(of: sizes, atMost: max(1 << 10, bigrams.count >> 8))
        pool.perform(tasks: partition.count) { part, _ in
            for token in partition[part] {
                for index in heads[token] - sizes[token]..<heads[token] {
                    follow(Int(grouped.base[index]))
                }
            }
        }
        return counts
    }

    /// Sets the counts that will be added to. `types` says how many bigrams end in each token.
    private borrowing func clear(_ types: [Int], _ pool: WorkerPool) {
        for (token, count) in types.enumerated() {
            column[1 + token] = Count(weight: Double(count))
        }
        var openings = 1 + Int(counts.boundary)..<2 + Int(counts.boundary)
        for length in 2..<order {
            openings =
                Int(childBegin[openings.lowerBound])..<Int(childBegin[openings.upperBound])
            let level = counts.level(length)
            for node in level.lowerBound..<openings.lowerBound { column[node] = .zero }
            for node in openings.upperBound..<level.upperBound { column[node] = .zero }
        }
    }

    /// Links everything below one bigram.
    private borrowing func follow(_ bigram: Int) {
        var (first, last) = (bigram, bigram)
        for _ in 3...order {
            for context in first...last { link(context, to: Int(suffixes[context])) }
            let begin = Int(childBegin[first])
            let end = Int(childBegin[last &+ 1])
            if begin == end { return }
            (first, last) = (begin, end - 1)
        }
    }

    /// Links the successors of a context to those of its suffix.
    @inline(__always)
    private borrowing func link(_ context: Int, to suffix: Int) {
        let nodes = Range(
            uncheckedBounds: (Int(childBegin[context]), Int(childBegin[context &+ 1])))
        var index = Int(childBegin[suffix])
        let end = Int(childBegin[suffix &+ 1])
        // Where few are skipped it is faster to look at each than to halve.
        let isDense = end &- index <= 8 &* nodes.count
        for node in nodes {
            let token = tokens[node]
            if isDense {
                while tokens[index] < token { index &+= 1 }
            } else {
                index = find(token, from: index, to: end)
            }
            suffixes[node] = UInt32(truncatingIfNeeded: index)
            if isAdjusting { column[index] += .one }
            index &+= 1
        }
    }

    /// The index of a token that is there, in `start ..< end`.
    @inline(__always)
    private borrowing func find(_ token: UInt32, from start: Int, to end: Int) -> Int {
        var low = start
        var count = end &- start
        while count > 1 {
            let half = count &>> 1
            low = tokens[low &+ half] <= token ? low &+ half : low
            count &-= half
        }
        return low
    }
}
