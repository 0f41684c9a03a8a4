/// One count for each node of a trie: whole numbers in 4 bytes, others in 8.
struct NGramCountColumn: Sendable, Hashable {
    private(set) var whole: [UInt32]
    private(set) var real: [Double]

    init(_ counts: [UInt32]) {
        whole = counts
        real = []
    }

    init(_ counts: [Double]) {
        whole = []
        real = counts
    }

    var count: Int { isWhole ? whole.count : real.count }
    var isWhole: Bool { real.isEmpty }

    subscript(node: Int) -> Double {
        get { real.isEmpty ? Double(whole[node]) : real[node] }
        set {
            if real.isEmpty { whole[node] = UInt32(newValue) } else { real[node] = newValue }
        }
    }
}

/// The n-grams of a corpus with their counts: raw ones, or those that Kneser-Ney adjusts.
struct NGramCounts: Sendable {
    private(set) var trie: NGramTrie
    private(set) var column: NGramCountColumn

    /// Counts a corpus.
    init(of corpus: NGramCorpus, order: Int) throws(NGramError) {
        if corpus.hasWholeCounts {
            let (trie, counts) = try NGramCounter(
                corpus, order: order, weights: corpus.weights.map { UInt32($0) }, unit: UInt32(1)
            ).run()
            self.trie = trie
            column = NGramCountColumn(counts)
        } else {
            let (trie, counts) = try NGramCounter(
                corpus, order: order, weights: corpus.weights, unit: 1.0
            ).run()
            self.trie = trie
            column = NGramCountColumn(counts)
        }
    }

    /// Replaces the count of every n-gram below the highest order by the number of distinct tokens seen before
    /// it (the document start is one), except where it begins a document: nothing can stand before it there.
    mutating func adjust() {
        guard trie.order > 1 else { return }
        var openings = 1 + Int(trie.boundary)..<2 + Int(trie.boundary)
        for length in 1..<trie.order {
            // The boundary as a unigram is the end of a document, which tokens do precede.
            let kept = length == 1 ? 0..<0 : openings
            for node in trie.level(length) where !kept.contains(node) { column[node] = 0 }
            for node in trie.level(length + 1) {
                let suffix = Int(trie.suffixes[node])
                if !kept.contains(suffix) { column[suffix] += 1 }
            }
            openings =
                Int(
                    trie.childBegin[openings.lowerBound])..<Int(
                    trie.childBegin[openings.upperBound])
        }
    }

    /// How many n-grams of one length have count 1, 2, 3 and 4.
    func countsOfCounts(length: Int) -> [Int] {
        var frequencies = [0, 0, 0, 0]
        for node in trie.level(length) {
            let count = column[node]
            if count >= 1, count <= 4 { frequencies[Int(count) - 1] += 1 }
        }
        return frequencies
    }

    /// The counts summed up inside each block of successors, so that a draw is a binary search.
    func cumulative() -> NGramCountColumn {
        var column = column
        for context in 0..<trie.contextCount {
            var sum = 0.0
            for node in trie.successors(of: context) {
                sum += column[node]
                column[node] = sum
            }
        }
        return column
    }
}
