/// Learns merges as Hugging Face's `BpeTrainer` does, merge for merge.
///
/// The most frequent pair of neighbouring tokens becomes a token, ties going to the smallest pair
/// of ids, until the vocabulary is full. Counts are updated where a merge happens, never taken
/// anew: every queue entry carries the words in which its pair has appeared since the entry before
/// it. Counts of the queue may be out of date; an entry is put back with the right one when it
/// surfaces.
struct BytePairTrainer {
    /// The distinct pieces of the training text, all symbols end to end, shrinking in place.
    private var symbols: [UInt32] = []
    private var starts: [Int] = []
    private var lengths: [Int] = []
    private var counts: [Int] = []

    private var pairs = PairCounts()
    private var queue = PairQueue()
    /// Lists of words, as chains of links in one store; -1 ends a chain.
    private var links: [Link] = []
    /// The pairs that gained words in the current step.
    private var gained: [Int] = []

    private struct Link {
        var word: UInt32
        var next: Int32
    }

    /// The bytes of every token by id; bytes in the alphabet's order follow the boundary.
    private(set) var tokens = ByteStringTable()
    private(set) var merges: [TokenMerge] = []

    /// - Parameters:
    ///   - pieces: The distinct pieces, and how often each occurs.
    ///   - boundary: The spelling of token 0.
    init(_ pieces: CountedStrings, boundary: [UInt8]) {
        _ = tokens.intern(boundary)
        var byteTokens = [UInt32](repeating: 0, count: 256)
        for byte in ByteLevelAlphabet.orderedBytes {
            byteTokens[Int(byte)] = UInt32(tokens.intern(CollectionOfOne(byte)))
        }
        let strings = pieces.strings
        symbols.reserveCapacity(strings.byteCount)
        for number in 0..<strings.count {
            starts.append(symbols.count)
            for byte in strings[number] { symbols.append(byteTokens[Int(byte)]) }
            lengths.append(symbols.count - starts[number])
        }
        counts = pieces.counts
    }

    /// Adds merges until there are `vocabularyCount` tokens or no pair occurs `minimumCount` times.
    mutating func train(vocabularyCount: Int, minimumCount: Int) {
        countAllPairs()
        while tokens.count < vocabularyCount, var top = queue.pop() {
            let count = pairs[count: top.number]
            if top.count != count {
                top.count = count
                queue.push(top)
                continue
            }
            if count < max(1, minimumCount) { break }
            apply(top)
        }
        removeRepeatedMerges()
    }

    private mutating func countAllPairs() {
        for word in starts.indices {
            let start = starts[word]
            for index in start..<start + max(0, lengths[word] - 1) {
                change(symbols[index], symbols[index + 1], by: counts[word], word: word)
            }
        }
        enqueueGained()
    }

    private mutating func apply(_ top: PairQueue.Entry) {
        let left = UInt32(truncatingIfNeeded: top.pair >> 32)
        let right = UInt32(truncatingIfNeeded: top.pair)
        // The same bytes may have been put together in another way before: then the id is that one.
        let result = UInt32(tokens.intern(tokens[Int(left)] + tokens[Int(right)]))
        merges.append(TokenMerge(left: left, right: right, result: result))
        var link = top.words
        while link >= 0 {
            let current = links[Int(link)]
            merge(word: Int(current.word), left, right, result)
            link = current.next
        }
        enqueueGained()
    }

    /// Replaces the pair in one word and counts what that changes at its sides.
    private mutating func merge(word: Int, _ left: UInt32, _ right: UInt32, _ result: UInt32) {
        let start = starts[word]
        let end = start + lengths[word]
        var read = start
        while read + 1 < end && !(symbols[read] == left && symbols[read + 1] == right) { read += 1 }
        guard read + 1 < end else { return }
        let count = counts[word]
        var write = read
        while read < end {
            guard read + 1 < end, symbols[read] == left, symbols[read + 1] == right else {
                symbols[write] = symbols[read]
                write += 1
                read += 1
                continue
            }
            if write > start {
                change(symbols[write - 1], left, by: -count, word: word)
                change(symbols[write - 1], result, by: count, word: word)
            }
            if read + 2 < end {
                change(right, symbols[read + 2], by: -count, word: word)
                change(result, symbols[read + 2], by: count, word: word)
            }
            symbols[write] = result
            write += 1
            read += 2
        }
        lengths[word] = write - start
    }

    @inline(__always)
    private mutating func change(_ left: UInt32, _ right: UInt32, by amount: Int, word: Int) {
        let number = pairs.number(UInt64(left) << 32 | UInt64(right))
        pairs[count: number] += amount
        guard amount > 0 else { return }
        let head = pairs[words: number]
        if head < 0 {
            gained.append(number)
        } else if Int(links[Int(head)].word) == word {
            return
        }
        pairs[words: number] = Int32(links.count)
        links.append(Link(word: UInt32(word), next: head))
    }

    private mutating func enqueueGained() {
        for number in gained {
            if pairs[count: number] > 0 {
                queue.push(
                    PairQueue.Entry(
                        pair: pairs[pair: number], count: pairs[count: number], number: number,
                        words: pairs[words: number]))
            }
            pairs[words: number] = -1
        }
        gained.removeAll(keepingCapacity: true)
    }

    /// A pair that was merged twice keeps its later rank, as in the reference.
    private mutating func removeRepeatedMerges() {
        var seen: Set<UInt64> = []
        merges = merges.reversed().filter {
            seen.insert(UInt64($0.left) << 32 | UInt64($0.right)).inserted
        }.reversed()
    }
}

/// The count of every pair ever seen: an open-addressing hash to dense numbers.
private struct PairCounts {
    private struct Record {
        /// The two ids, the left one in the upper half.
        var pair: UInt64
        var count: Int
        /// The chain of words gained in the current step, -1 if none.
        var words: Int32
    }

    /// Record number plus one; zero is an empty slot.
    private var slots = [UInt32](repeating: 0, count: 1 << 12)
    private var shift: UInt64 = 64 - 12
    private var records: [Record] = []

    subscript(count number: Int) -> Int {
        get { records[number].count }
        set { records[number].count = newValue }
    }

    subscript(words number: Int) -> Int32 {
        get { records[number].words }
        set { records[number].words = newValue }
    }

    subscript(pair number: Int) -> UInt64 { records[number].pair }

    /// The number of a pair, which is added if it is new.
    @inline(__always)
    mutating func number(_ pair: UInt64) -> Int {
        var slot = home(pair)
        while true {
            let found = slots[slot]
            if found == 0 { break }
            if records[Int(found) - 1].pair == pair { return Int(found) - 1 }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        records.append(Record(pair: pair, count: 0, words: -1))
        slots[slot] = UInt32(records.count)
        if records.count * 2 > slots.count { grow() }
        return records.count - 1
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 4)
        shift -= 2
        for (number, record) in records.enumerated() {
            var slot = home(record.pair)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }

    @inline(__always)
    private func home(_ pair: UInt64) -> Int {
        Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }
}

/// A heap of pairs: the highest count first, among equals the smallest pair.
private struct PairQueue {
    struct Entry {
        var pair: UInt64
        var count: Int
        var number: Int
        /// The first link of the chain of words to visit.
        var words: Int32

        func precedes(_ other: Entry) -> Bool {
            count != other.count ? count > other.count : pair < other.pair
        }
    }

    private var entries: [Entry] = []

    mutating func push(_ entry: Entry) {
        var index = entries.count
        entries.append(entry)
        while index > 0 {
            let parent = (index - 1) / 4
            guard entry.precedes(entries[parent]) else { break }
            entries[index] = entries[parent]
            index = parent
        }
        entries[index] = entry
    }

    mutating func pop() -> Entry? {
        guard let top = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return top }
        var index = 0
        while true {
            let first = index * 4 + 1
            guard first < entries.count else { break }
            var best = first
            for child in first + 1..<max(first + 1, min(first + 4, entries.count))
            where entries[child].precedes(entries[best]) {
                best = child
            }
            guard entries[best].precedes(last) else { break }
            entries[index] = entries[best]
            index = best
        }
        entries[index] = last
        return top
    }
}
