import Compute

/// Builds a trie from the n-grams of an ARPA file, level by level.
///
/// A file may list an n-gram without its prefix or its suffix, as SRILM does after pruning. What is missing is added
/// with the probability that backing off gives it and the back-off weight 1, which changes no query.
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
        childBegin += begins.dropFirst().map { UInt32(tokens.count - level.count + $0) }
        levelBegin.append(tokens.count)
        return []
    }

    /// The nodes of each n-gram without its last and without its first token; `UInt32.max` where there is none.
    private func nodes(of level: ARPALevel) -> (parents: [UInt32], suffixes: [UInt32]) {
        let length = level.length
        var parents = [UInt32](repeating: 0, count: level.count)
        var suffixes = parents
        let parts = (level.count + 0xFFFF) >> 16
        parents.withUnsafeMutableBufferPointer { parents in
            suffixes.withUnsafeMutableBufferPointer { suffixes in
                pool.perform(tasks: parts) { part, _ in
                    for index in part << 16..<min(level.count, (part + 1) << 16) {
                        let first = index * length
                        parents[index] = node(level.tokens, first..<first + length - 1)
                        suffixes[index] = node(level.tokens, first + 1..<first + length)
                    }
                }
            }
        }
        return (parents, suffixes)
    }

    private func node(_ ngrams: [UInt32], _ range: Range<Int>) -> UInt32 {
        var node = 1 + Int(ngrams[range.lowerBound])
        for place in range.dropFirst() {
            let block = Int(childBegin[node])..<Int(childBegin[node + 1])
            let found = tokens.withUnsafeBufferPointer { $0.search(ngrams[place], in: block) }
            guard let found else { return .max }
            node = found
        }
        return UInt32(node)
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

    /// Where the successors of each node of the level before begin, counted from this level's first node, and the end.
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
                    for place in block.dropFirst()
                    where sorted[place] >> 32 == sorted[place - 1] >> 32 {
                        let index = Int(sorted[place] & 0xFFFF_FFFF)
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

    private mutating func append(
        _ level: ARPALevel, _ sorted: [UInt64], _ parents: [UInt32], _ suffixes: [UInt32]
    ) {
        let isContext = level.length < order
        for entry in sorted {
            let index = Int(entry & 0xFFFF_FFFF)
            tokens.append(UInt32(entry >> 32))
            self.suffixes.append(suffixes[index])
            let listed = level.probabilities[index]
            probabilities.append(
                listed.isNaN
                    ? backOffs[Int(parents[index])] * probabilities[Int(suffixes[index])] : listed)
            if isContext { backOffs.append(level.backOffs[index]) }
        }
    }
}
