import Compute

/// Tells how many tokens are more probable after a history than a given one, and how much
/// probability they have, without looking at all tokens.
///
/// A context's distribution is that of the shorter one, scaled, with its listed tokens moved: each
/// leaves its position there and takes a new one. Both positions are sorted for contexts that list
/// many tokens, so that a binary search counts those above any value; of the others each token is
/// looked at.
struct NGramRanking: Sendable {
    /// A listed token's probability, after the context itself or after the shorter one.
    private struct Entry {
        var probability: Double
        /// The probabilities of the entries before this one in its block.
        var before: Double
        var token: UInt32
    }

    /// How many tokens, and their probability.
    struct Share {
        var count = 0
        var mass = 0.0
    }

    /// A position in the ranking: by probability, of equal ones by id.
    struct Rank {
        var probability: Double
        var token: UInt32

        @inline(__always)
        func follows(_ probability: Double, _ token: UInt32) -> Bool {
            probability > self.probability
                || (probability == self.probability && token < self.token)
        }
    }

    /// Contexts with more successors than this have them sorted.
    private static let many = 24

    /// Where the entries of a context begin, if they are sorted.
    private let begins: SharedBuffer<UInt32>
    private let own: SharedBuffer<Entry>
    private let shorter: SharedBuffer<Entry>

    init(_ model: NGramModel, pool: WorkerPool) {
        let begins = Buffer<UInt32>(count: model.trie.contextCount)
        var count: UInt32 = 0
        var sorted: [Int] = []
        model.withTables { tables in
            for context in 0..<tables.contextCount {
                let block = tables.successors(of: context)
                begins.base[context] = .max
                guard block.count > Self.many || context == 0 else { continue }
                begins.base[context] = count
                count += UInt32(truncatingIfNeeded: block.count)
                sorted.append(context)
            }
        }
        let own = Buffer<Entry>(count: Int(count))
        let shorter = Buffer<Entry>(count: Int(count))
        model.withTables { tables in
            pool.perform(tasks: sorted.count) { index, _ in
                let context = sorted[index]
                let block = tables.successors(of: context)
                let begin = Int(begins.base[context])
                Self.rank(
                    block.map { (tables.probabilities[$0], tables.tokens[$0]) }, own.base + begin)
                Self.rank(
                    block.map {
                        (tables.probabilities[Int(tables.suffixes[$0])], tables.tokens[$0])
                    },
                    shorter.base + begin)
            }
        }
        self.begins = SharedBuffer(begins)
        self.own = SharedBuffer(own)
        self.shorter = SharedBuffer(shorter)
    }

    private static func rank(_ tokens: [(Double, UInt32)], _ entries: UnsafeMutablePointer<Entry>) {
        var before = 0.0
        let ranked = tokens.sorted { $0.0 != $1.0 ? $0.0 > $1.0 : $0.1 < $1.1 }
        for (index, (probability, token)) in ranked.enumerated() {
            entries[index] = Entry(probability: probability, before: before, token: token)
            before += probability
        }
    }

    /// The tokens that come before a position in the ranking after `state`.
    func share(before rank: Rank, after state: Int, _ tables: NGramTables) -> Share {
        var share = Share()
        var weight = 1.0
        var context = state
        while context != 0 {
            let block = tables.successors(of: context)
            let shorterWeight = weight * tables.backOffs[context]
            let begin = begins.base[context]
            if begin != .max {
                Self.add(own.base + Int(begin), block.count, weight, rank, 1, &share)
                Self.add(shorter.base + Int(begin), block.count, shorterWeight, rank, -1, &share)
            } else {
                for node in block {
                    let token = tables.tokens[node]
                    let moved = weight * tables.probabilities[node]
                    if rank.follows(moved, token) {
                        share.count &+= 1
                        share.mass += moved
                    }
                    let left = shorterWeight * tables.probabilities[Int(tables.suffixes[node])]
                    if rank.follows(left, token) {
                        share.count &-= 1
                        share.mass -= left
                    }
                }
            }
            weight = shorterWeight
            context = Int(tables.suffixes[context])
        }
        Self.add(own.base + Int(begins.base[0]), tables.vocabularyCount, weight, rank, 1, &share)
        return share
    }

    /// Adds the entries of a sorted block, scaled by `weight`, that come before a position, or
    /// takes them away.
    @inline(__always)
    private static func add(
        _ entries: UnsafePointer<Entry>, _ count: Int, _ weight: Double, _ rank: Rank,
        _ sign: Int, _ share: inout Share
    ) {
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) &>> 1
            let entry = entries[middle]
            if rank.follows(weight * entry.probability, entry.token) {
                low = middle &+ 1
            } else {
                high = middle
            }
        }
        guard low > 0 else { return }
        let last = entries[low &- 1]
        share.count &+= sign &* low
        share.mass += Double(sign) * weight * (last.before + last.probability)
    }
}
