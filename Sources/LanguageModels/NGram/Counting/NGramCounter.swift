import Compute

/// Counts the n-grams of a corpus for all orders at once, by sorting.
///
/// Every position of the corpus makes one record: the `order` tokens from there on, packed into
/// words. Records in order of all their tokens are in order of their first k tokens for every k, so
/// that one walk over them, comparing neighbours, meets the n-grams of all lengths in the order of
/// their nodes.
///
/// Workers deal the records out by first token, sort each part and turn it into nodes. O(order x
/// tokens) time.
struct NGramCounter<let words: Int, Count: NGramCount> {
    private typealias Record = InlineArray<words, UInt64>

    private let layout: NGramKeyLayout
    private let order: Int
    private let vocabularyCount: Int
    private let boundary: UInt32
    private let cutMark: UInt32
    private let isWeighted: Bool
    private let pool: WorkerPool
    /// Word and shift of each token of a record.
    private let slots: [(word: Int, shift: UInt64)]
    private let tokenMask: UInt64
    /// See ``NGramKeyLayout/commonTokens``.
    private let commonTokens: [UInt8]

    /// Records for one worker at a time.
    private static var partSize: Int { 1 << 14 }

    init(_ corpus: borrowing NGramCorpus, layout: NGramKeyLayout, pool: WorkerPool) {
        precondition(
            words == layout.wordCount + (corpus.isWeighted ? 1 : 0),
            "\(words) words for records of \(layout.wordCount)")
        self.layout = layout
        self.pool = pool
        order = layout.order
        vocabularyCount = corpus.vocabularyCount
        boundary = corpus.boundary
        cutMark = NGramCorpus.cutMark(vocabularyCount: corpus.vocabularyCount)
        isWeighted = corpus.isWeighted
        slots = (0..<layout.order).map { layout.position(ofToken: $0) }
        tokenMask = 1 << UInt64(layout.bits) - 1
        commonTokens = layout.commonTokens
    }

    /// The n-grams and their raw counts; the suffixes of bigrams and longer ones are not filled in.
    func run(_ corpus: consuming NGramCorpus) throws(NGramError) -> NGramCounts<Count> {
        let events = countEvents(corpus)
        let partition = NGramPartition(
            of: events.plain, atMost: max(Self.partSize, corpus.eventCount >> 12))
        // Unigrams need no records.
        let records = Buffer<Record>(uninitialized: order > 1 ? corpus.eventCount : 0)
        let begins = order > 1 ? deal(corpus, by: partition, to: records.base) : []
        // From here on the records are all there is.
        corpus.releasePieces()
        var found = order > 1 ? sort(records, begins, partition) : []
        var levelBegin = [0, 1, vocabularyCount + 1]
        for length in 2..<order + 1 {
            var node = levelBegin[length]
            for part in 0..<partition.count {
                let count = found[part * (order + 1) + length]
                found[part * (order + 1) + length] = node
                node += count
            }
            levelBegin.append(node)
        }
        guard levelBegin[order + 1] < Int(UInt32.max) else {
            throw NGramError(.tooLarge(what: "n-grams", limit: Int(UInt32.max) - 1))
        }
        var counts = NGramCounts<Count>(
            vocabularyCount: vocabularyCount, boundary: boundary, levelBegin: levelBegin)
        for token in 0..<vocabularyCount { counts.counts.base[1 + token] = events.weighted[token] }
        if order > 1 {
            pool.perform(tasks: partition.count) { part, _ in
                emit(
                    UnsafeBufferPointer(
                        start: records.base + begins[part],
                        count: begins[part + 1] - begins[part]),
                    unigrams: partition[part],
                    heads: Array(found[part * (order + 1)..<(part + 1) * (order + 1)]),
                    to: counts)
            }
        }
        counts.placeSuffixes(in: records)
        return counts
    }

    /// How many records begin with each token, and what it weighs as an event.
    ///
    /// Each document has as many records that begin with the boundary as it has ends.
    private func countEvents(_ corpus: borrowing NGramCorpus) -> (plain: [Int], weighted: [Count]) {
        let plain = Buffer<Int>(count: pool.count * vocabularyCount)
        let pieces = corpus.pieces
        pool.perform(tasks: pieces.count) { piece, worker in
            let plain = plain.base + worker * vocabularyCount
            pieces[piece].forEach(boundary: boundary) { token, _ in
                plain[Int(token == cutMark ? boundary : token)] &+= 1
            }
        }
        let sums = (0..<vocabularyCount).map { token in
            (0..<pool.count).reduce(0) { $0 + plain.base[$1 * vocabularyCount + token] }
        }
        guard isWeighted else {
            var events = sums
            events[Int(boundary)] -= corpus.cutCount
            return (sums, events.map { Count(weight: Double($0)) })
        }
        // One thread, because sums of real numbers depend on their order.
        var weighted = Array(repeating: Count.zero, count: vocabularyCount)
        for piece in pieces {
            piece.forEach(boundary: boundary) { token, document in
                guard token != cutMark else { return }
                weighted[Int(token)] += Count(weight: piece.weights[document])
            }
        }
        return (sums, weighted)
    }

    /// Writes the record of every position to the part of its first token, in the order of the
    /// corpus.
    ///
    /// - Returns: Where each part begins, and the end of the last.
    private func deal(
        _ corpus: borrowing NGramCorpus, by partition: NGramPartition,
        to records: UnsafeMutablePointer<Record>
    ) -> [Int] {
        let parts = partition.parts
        let pieces = corpus.pieces
        // Row i holds where the records of piece i go, part by part.
        let heads = Buffer<Int>(count: pieces.count * partition.count)
        pool.perform(tasks: pieces.count) { piece, _ in
            let heads = heads.base + piece * partition.count
            // The boundary that ends a document stands for the one that begins it.
            pieces[piece].forEach(boundary: boundary) { token, _ in
                heads[Int(parts[Int(token == cutMark ? boundary : token)])] &+= 1
            }
        }
        var begins: [Int] = []
        var begin = 0
        for part in 0..<partition.count {
            begins.append(begin)
            for piece in 0..<pieces.count {
                let count = heads.base[piece * partition.count + part]
                heads.base[piece * partition.count + part] = begin
                begin += count
            }
        }
        begins.append(begin)
        pool.perform(tasks: pieces.count) { piece, _ in
            deal(
                pieces[piece], parts: parts, heads: heads.base + piece * partition.count,
                to: records)
        }
        return begins
    }

    private func deal(
        _ piece: NGramCorpus.Piece, parts: [UInt32], heads: UnsafeMutablePointer<Int>,
        to records: UnsafeMutablePointer<Record>
    ) {
        let keyWords = layout.wordCount
        let bits = UInt64(layout.bits)
        var window = Record(repeating: 0)
        var masks = Record(repeating: 0)
        // The shift of the first token in each word: where it leaves for the word before.
        var tops = Record(repeating: 0)
        for word in 0..<keyWords {
            let count = UInt64(layout.tokenCount(ofWord: word))
            masks[word] = count * bits == 64 ? .max : 1 << (count * bits) - 1
            tops[word] = (count - 1) * bits
        }
        var filled = 0
        func push(_ token: UInt32) {
            for word in 0..<keyWords - 1 {
                window[word] =
                    (window[word] &<< bits | window[word &+ 1] &>> tops[word &+ 1]) & masks[word]
            }
            window[keyWords - 1] =
                (window[keyWords - 1] &<< bits | UInt64(token)) & masks[keyWords - 1]
            filled &+= 1
            guard filled >= order else { return }
            let first = Int(truncatingIfNeeded: window[0] &>> tops[0])
            let part = Int(parts[first])
            records[heads[part]] = window
            heads[part] &+= 1
        }
        var isOpen = false
        piece.forEach(boundary: boundary) { token, document in
            if !isOpen {
                isOpen = true
                filled = 0
                if isWeighted { window[words - 1] = piece.weights[document].bitPattern }
                push(boundary)
            }
            push(token)
            guard token == boundary || token == cutMark else { return }
            isOpen = false
            // What stands after the end does not matter: every record with this prefix has the same
            // there.
            for _ in 0..<order - 2 { push(0) }
        }
    }

    /// Sorts each part and counts the n-grams of each length that it begins: `order + 1` numbers a
    /// part.
    private func sort(
        _ records: borrowing Buffer<Record>, _ begins: [Int], _ partition: NGramPartition
    ) -> [Int] {
        let sizes = zip(begins.dropFirst(), begins).map { $0 - $1 }
        let largest = sizes.max() ?? 0
        let scratch = Buffer<Record>(uninitialized: largest * pool.count)
        let found = Buffer<Int>(count: partition.count * (order + 1))
        let sorting = NGramRadixSort<words>(digits: layout.digits)
        let base = records.base
        pool.perform(tasks: partition.count) { part, worker in
            let part = (
                part, UnsafeMutableBufferPointer(start: base + begins[part], count: sizes[part])
            )
            sorting.sort(
                part.1,
                scratch: UnsafeMutableBufferPointer(
                    start: scratch.base + worker * largest, count: sizes[part.0]))
            countNodes(
                UnsafeBufferPointer(part.1), found: found.base + part.0 * (order + 1))
        }
        return found.array()
    }

    /// How many leading tokens two records share.
    @inline(__always)
    private func common(_ left: UnsafePointer<Record>, _ right: UnsafePointer<Record>) -> Int {
        for word in 0..<layout.wordCount {
            let difference = left.pointee[word] ^ right.pointee[word]
            if difference != 0 {
                return Int(commonTokens[word &* 64 &+ difference.leadingZeroBitCount])
            }
        }
        return order
    }

    @inline(__always)
    private func token(_ index: Int, of record: UnsafePointer<Record>) -> UInt32 {
        let (word, shift) = slots[index]
        return UInt32(truncatingIfNeeded: (record.pointee[word] &>> shift) & tokenMask)
    }

    private func countNodes(
        _ records: UnsafeBufferPointer<Record>, found: UnsafeMutablePointer<Int>
    ) {
        guard let base = records.baseAddress else { return }
        for index in 0..<records.count {
            let record = base + index
            let shared = index == 0 ? 0 : common(record - 1, record)
            guard shared < order else { continue }
            for length in max(shared, 1) + 1...order {
                let last = token(length - 1, of: record)
                if last == cutMark { break }
                found[length] &+= 1
                if last == boundary { break }
            }
        }
    }

    /// Writes the nodes of one part, whose sorted records are those of `unigrams`. `heads` holds
    /// for each length the first node to write.
    private func emit(
        _ records: UnsafeBufferPointer<Record>, unigrams: Range<Int>, heads: consuming [Int],
        to counts: borrowing NGramCounts<Count>
    ) {
        var heads = heads
        // The n-grams of lengths 2 ... open are those of the last record; what they weigh so far.
        var open = 1
        var weights = Array(repeating: Count.zero, count: order + 1)
        var unigram = unigrams.lowerBound
        let tokens = counts.tokens.base
        let childBegin = counts.childBegin.base
        let column = counts.counts.base
        heads.withUnsafeMutableBufferPointer { heads in
            weights.withUnsafeMutableBufferPointer { weights in
                for index in 0..<records.count {
                    let record = records.baseAddress.unsafelyUnwrapped + index
                    let shared = index == 0 ? 0 : common(record - 1, record)
                    if shared < order {
                        var length = max(shared, 1) + 1
                        while open >= length {
                            column[heads[open] - 1] = weights[open]
                            open -= 1
                        }
                        if shared == 0 {
                            let first = Int(token(0, of: record))
                            while unigram <= first {
                                childBegin[1 + unigram] = UInt32(truncatingIfNeeded: heads[2])
                                unigram += 1
                            }
                        }
                        while true {
                            let last = token(length - 1, of: record)
                            if last == cutMark {
                                length -= 1
                                break
                            }
                            let node = heads[length]
                            tokens[node] = last
                            if length < order {
                                childBegin[node] = UInt32(truncatingIfNeeded: heads[length + 1])
                            }
                            weights[length] = .zero
                            heads[length] = node + 1
                            if last == boundary || length == order { break }
                            length += 1
                        }
                        open = length
                    }
                    let weight =
                        isWeighted
                        ? Count(weight: Double(bitPattern: record.pointee[words - 1])) : .one
                    var length = 2
                    while length <= open {
                        weights[length] += weight
                        length += 1
                    }
                }
                while open > 1 {
                    column[heads[open] - 1] = weights[open]
                    open -= 1
                }
            }
        }
        while unigram < unigrams.upperBound {
            childBegin[1 + unigram] = UInt32(truncatingIfNeeded: heads[2])
            unigram += 1
        }
    }
}
