import Compute

/// Builds a trie from the n-grams of an ARPA file, level by level.
///
/// A file may list an n-gram without its prefix or its suffix, as SRILM does after pruning. What is
/// missing is added with the probability that backing off gives it and the back-off weight 1, which
/// changes no query.
struct ARPALinker {
    private let order: Int
    private let vocabularyCount: Int
    private var levels: [ARPALevel]
    private let bytes: UnsafeBufferPointer<UInt8>
    private let pool: WorkerPool

    private var levelBegin: [Int]
    private var tokens: [UInt32]
    private var suffixes: [UInt32]
    /// With the end after the last context that has its successors.
    private var childBegin: [UInt32]
    private var probabilities: [Double]
    private var backOffs: [Double]

    /// `levels` are those of lengths 2, 3, ...
    init(
        _ unigrams: ARPAUnigrams, _ levels: [ARPALevel], _ bytes: UnsafeBufferPointer<UInt8>,
        pool: WorkerPool
    ) {
        self.bytes = bytes
        self.pool = pool
        self.levels = levels
        order = levels.count + 1
        vocabularyCount = unigrams.vocabulary.count
        levelBegin = [0, 1, vocabularyCount + 1]
        tokens = [0] + (0..<UInt32(vocabularyCount))
        suffixes = [UInt32](repeating: 0, count: vocabularyCount + 1)
        childBegin = [1, UInt32(vocabularyCount + 1)]
        probabilities = [0] + unigrams.probabilities
        backOffs = order > 1 ? [1] + unigrams.backOffs : [1]
    }

    consuming func model() throws(ARPAProblem) -> NGramModel {
        var length = 2
        while length <= order {
            let missing = try link(length)
            if missing.isEmpty {
                length += 1
            } else {
                // The level before is built again, with what was missing.
                levels[length - 3].imply(missing)
                remove(from: length - 1)
                length -= 1
            }
        }
        let trie = NGramTrie(
            vocabularyCount: vocabularyCount, boundary: 0, levelBegin: levelBegin, tokens: tokens,
            suffixes: suffixes, childBegin: childBegin)
        return NGramModel(
            trie: trie, probabilities: NGramColumn(probabilities), backOffs: NGramColumn(backOffs))
    }

    private mutating func remove(from length: Int) {
        levelBegin.removeSubrange((length + 1)...)
        let end = levelBegin[length]
        tokens.removeSubrange(end...)
        suffixes.removeSubrange(end...)
        probabilities.removeSubrange(end...)
        backOffs.removeSubrange(end...)
        childBegin.removeSubrange((levelBegin[length - 1] + 1)...)
    }

    /// Appends a level, or returns the shorter n-grams that it lacks.
    private mutating func link(_ length: Int) throws(ARPAProblem) -> [[UInt32]] {
        let level = levels[length - 2]
        let (parents, suffixes) = nodes(of: level)
        let missing = self.missing(level, parents, suffixes)
        guard missing.isEmpty else { return missing }
        guard tokens.count + level.count < Int(UInt32.max) else {
            throw ARPAProblem(
                level.section.lowerBound - 1, "begins more n-grams than are supported")
        }
        let begins = blocks(of: parents, length)
        let sorted = try sort(level, parents, begins)
        append(level, sorted, parents, suffixes)
        if level.hasImplied { try checkImplied(level) }
        childBegin += begins.dropFirst().map { UInt32(tokens.count - level.count + $0) }
        levelBegin.append(tokens.count)
        return []
    }

    /// The nodes of each n-gram without its last and without its first token; `UInt32.max` where
    /// there is none.
    private func nodes(of level: ARPALevel) -> (parents: [UInt32], suffixes: [UInt32]) {
        var parents = [UInt32](repeating: 0, count: level.count)
        var suffixes = parents
        let size = 128
        level.tokens.withUnsafeBufferPointer { ngrams in
            parents.withUnsafeMutableBufferPointer { parents in
                suffixes.withUnsafeMutableBufferPointer { suffixes in
                    search { search in
                        let parts = NGramBlocks.even(0..<level.count, size: 1 << 16)
                        pool.perform(tasks: parts.count) { part, _ in
                            for block in NGramBlocks.even(parts[part], size: size) {
                                search.find(
                                    ngrams, length: level.length, block,
                                    parents: UnsafeMutableBufferPointer(rebasing: parents[block]),
                                    suffixes: UnsafeMutableBufferPointer(rebasing: suffixes[block])
                                )
                            }
                        }
                    }
                }
            }
        }
        return (parents, suffixes)
    }

    private func search(_ body: (ARPANodeSearch) -> Void) {
        tokens.withUnsafeBufferPointer { tokens in
            suffixes.withUnsafeBufferPointer { suffixes in
                childBegin.withUnsafeBufferPointer { childBegin in
                    body(
                        ARPANodeSearch(
                            tokens: tokens, suffixes: suffixes, childBegin: childBegin))
                }
            }
        }
    }

    private func missing(
        _ level: ARPALevel, _ parents: [UInt32], _ suffixes: [UInt32]
    ) -> [[UInt32]] {
        var missing: [[UInt32]] = []
        for index in 0..<level.count {
            if parents[index] == .max { missing.append(Array(level.ngram(index).dropLast())) }
            if suffixes[index] == .max { missing.append(Array(level.ngram(index).dropFirst())) }
        }
        missing.sort { $0.lexicographicallyPrecedes($1) }
        return missing.indices.filter { $0 == 0 || missing[$0] != missing[$0 - 1] }
            .map { missing[$0] }
    }

    /// Where the successors of each node of the level before begin, counted from this level's first
    /// node, and the end.
    private func blocks(of parents: [UInt32], _ length: Int) -> [Int] {
        let first = levelBegin[length - 1]
        var begins = [Int](repeating: 0, count: levelBegin[length] - first + 1)
        for parent in parents { begins[Int(parent) - first + 1] += 1 }
        for index in 1..<begins.count { begins[index] += begins[index - 1] }
        return begins
    }

    /// The n-grams by parent and token: their tokens above their numbers in the file.
    private func sort(
        _ level: ARPALevel, _ parents: [UInt32], _ begins: [Int]
    ) throws(ARPAProblem) -> [UInt64] {
        let first = levelBegin[level.length - 1]
        var next = begins
        var sorted = [UInt64](repeating: 0, count: level.count)
        for index in 0..<level.count {
            let parent = Int(parents[index]) - first
            let token = level.tokens[(index + 1) * level.length - 1]
            sorted[next[parent]] = UInt64(token) << 32 | UInt64(index)
            next[parent] += 1
        }
        let parts = (begins.count + 0xFFFF) >> 16
        let repeated = sorted.withUnsafeMutableBufferPointer { sorted in
            pool.map(parts) { part -> Int? in
                var repeated: Int?
                for parent in part << 16..<min(begins.count - 1, (part + 1) << 16) {
                    let block = begins[parent]..<begins[parent + 1]
                    guard block.count > 1 else { continue }
                    sorted[block].sort()
                    for position in block.dropFirst()
                    where sorted[position] >> 32 == sorted[position - 1] >> 32 {
                        let index = Int(sorted[position] & 0xFFFF_FFFF)
                        repeated = min(repeated ?? index, index)
                    }
                }
                return repeated
            }
        }
        if let index = repeated.compactMap({ $0 }).min() {
            throw ARPAProblem(level.position(of: index, bytes), "has an n-gram a second time")
        }
        return sorted
    }

    /// Weights above 1 can back off to no probability, which no file of ours may hold. The decimals
    /// of a file are worth 1e-6.
    private mutating func checkImplied(_ level: ARPALevel) throws(ARPAProblem) {
        for node in tokens.count - level.count..<tokens.count where probabilities[node] > 1 {
            guard probabilities[node] <= 1 + 1e-6 else {
                throw ARPAProblem(
                    level.section.lowerBound - 1,
                    "lacks an n-gram that longer ones contain, and backing off makes its "
                        + "probability \(probabilities[node])")
            }
            probabilities[node] = 1
        }
    }

    private mutating func append(
        _ level: ARPALevel, _ sorted: [UInt64], _ parents: [UInt32], _ suffixes: [UInt32]
    ) {
        let first = tokens.count
        let isContext = level.length < order
        tokens.append(contentsOf: repeatElement(0, count: level.count))
        self.suffixes.append(contentsOf: repeatElement(0, count: level.count))
        probabilities.append(contentsOf: repeatElement(0, count: level.count))
        if isContext { backOffs.append(contentsOf: repeatElement(1, count: level.count)) }
        let parts = NGramBlocks.even(0..<level.count, size: 1 << 16)
        tokens.withUnsafeMutableBufferPointer { tokens in
            self.suffixes.withUnsafeMutableBufferPointer { nodeSuffixes in
                probabilities.withUnsafeMutableBufferPointer { probabilities in
                    backOffs.withUnsafeMutableBufferPointer { backOffs in
                        pool.perform(tasks: parts.count) { part, _ in
                            for position in parts[part] {
                                let index = Int(sorted[position] & 0xFFFF_FFFF)
                                let suffix = suffixes[index]
                                tokens[first + position] = UInt32(sorted[position] >> 32)
                                nodeSuffixes[first + position] = suffix
                                let listed = level.probabilities[index]
                                probabilities[first + position] =
                                    listed.isNaN
                                    ? backOffs[Int(parents[index])] * probabilities[Int(suffix)]
                                    : listed
                                if isContext { backOffs[first + position] = level.backOffs[index] }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Looks n-grams up in the levels that are there already, many at a time so that they wait for
/// memory together.
private struct ARPANodeSearch {
    let tokens: UnsafeBufferPointer<UInt32>
    let suffixes: UnsafeBufferPointer<UInt32>
    let childBegin: UnsafeBufferPointer<UInt32>

    /// The nodes of n-grams without their last and without their first token; `UInt32.max` where
    /// there is none.
    func find(
        _ ngrams: UnsafeBufferPointer<UInt32>, length: Int, _ indices: Range<Int>,
        parents: UnsafeMutableBufferPointer<UInt32>, suffixes: UnsafeMutableBufferPointer<UInt32>
    ) {
        let first = indices.lowerBound * length
        for index in 0..<indices.count { parents[index] = 1 &+ ngrams[first &+ index &* length] }
        for position in 1..<max(1, length - 1) {
            descend(parents, ngrams, first &+ position, length)
        }
        // What a parent ends with is what the suffix begins with.
        for index in 0..<indices.count {
            let parent = parents[index]
            if parent != .max { self.suffixes.prefetch(Int(parent)) }
        }
        for index in 0..<indices.count {
            let parent = parents[index]
            suffixes[index] =
                parent == .max
                ? node(ngrams, first + index * length + 1, count: length - 2)
                : self.suffixes[Int(parent)]
        }
        descend(suffixes, ngrams, first &+ length &- 1, length)
    }

    /// Goes on from each node to its successor by a token of the n-gram.
    private func descend(
        _ nodes: UnsafeMutableBufferPointer<UInt32>, _ ngrams: UnsafeBufferPointer<UInt32>,
        _ first: Int, _ length: Int
    ) {
        for node in nodes where node != .max { childBegin.prefetch(Int(node)) }
        for node in nodes where node != .max {
            let block = successors(of: node)
            tokens.prefetch(block.lowerBound &+ block.count / 2)
        }
        for index in nodes.indices where nodes[index] != .max {
            nodes[index] = successor(of: nodes[index], ngrams[first &+ index &* length])
        }
    }

    @inline(__always)
    private func successors(of node: UInt32) -> Range<Int> {
        Range(uncheckedBounds: (Int(childBegin[Int(node)]), Int(childBegin[Int(node) &+ 1])))
    }

    @inline(__always)
    private func successor(of node: UInt32, _ token: UInt32) -> UInt32 {
        if node == 0 { return 1 &+ token }
        return tokens.search(token, in: successors(of: node)).map {
            UInt32(truncatingIfNeeded: $0)
        } ?? .max
    }

    /// The node of `count` tokens.
    private func node(
        _ ngrams: UnsafeBufferPointer<UInt32>, _ first: Int, count: Int
    ) -> UInt32 {
        var node: UInt32 = 0
        for token in ngrams[first..<first + count] where node != .max {
            node = successor(of: node, token)
        }
        return node
    }
}
