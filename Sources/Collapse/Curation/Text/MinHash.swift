import Compute

/// Signatures of texts, whose agreement estimates the Jaccard similarity of their sets of shingles
/// (Broder 1997), and pairs of similar ones without a comparison of all (Leskovec et al. 2014,
/// Mining of Massive Datasets, section 3.4).
package struct MinHash: Sendable, Hashable {
    /// Words of a shingle, at least 1.
    package var shingleWords: Int
    /// Hash functions, each an element of a signature; at least 1.
    package var functions: Int
    /// The similarity from which two texts are near duplicates, above 0 and at most 1.
    package var threshold: Double

    package init(shingleWords: Int, functions: Int, threshold: Double) {
        self.shingleWords = shingleWords
        self.functions = functions
        self.threshold = threshold
    }

    /// The smallest value of each hash function over the text's shingles of words. A text of fewer
    /// words is one shingle.
    package func signature(of text: [UInt8]) -> [UInt64] {
        let words = ByteWords.hashes(in: text)
        let length = min(shingleWords, words.count)
        let shingles = (0...words.count - length).map {
            StableHash.hash(ofHashes: words[$0..<$0 + length])
        }
        return (0..<functions).map { function in
            let salt = StableHash.mixed(UInt64(function) &+ 1)
            var least = UInt64.max
            for shingle in shingles { least = min(least, StableHash.mixed(shingle ^ salt)) }
            return least
        }
    }

    /// The share of hash functions that agree: unbiased, with the variance of a binomial share.
    package func similarity(_ left: [UInt64], _ right: [UInt64]) -> Double {
        var equal = 0
        for index in left.indices where left[index] == right[index] { equal += 1 }
        return Double(equal) / Double(functions)
    }

    /// The rows of a band: pairs are compared that agree in all rows of some band. They are as many
    /// as leave a pair at the threshold unseen with a probability of at most ``mostMissed``, where
    /// bands of one row do.
    package var rows: Int {
        (1...functions).last { missed(byBandsOf: $0) <= Self.mostMissed } ?? 1
    }

    /// The probability at which pairs may be missed.
    package static let mostMissed = 0.01

    /// The probability that a pair at the threshold agrees in no band.
    package func missed(byBandsOf rows: Int) -> Double {
        Elementary.power(
            1 - Elementary.power(threshold, Double(rows)), Double(functions / rows))
    }

    /// For each text the first that it is connected with: in one cluster are texts that a chain of
    /// near duplicates connects.
    package func clusters(of signatures: [[UInt64]]) -> [Int] {
        var clusters = DisjointSets(count: signatures.count)
        // Equal signatures are one, so that a text that is there a thousand times costs no million
        // comparisons.
        var distinct: [Int] = []
        var first: [[UInt64]: Int] = [:]
        for (index, signature) in signatures.enumerated() {
            if let known = first[signature] {
                clusters.join(known, index)
            } else {
                first[signature] = index
                distinct.append(index)
            }
        }
        let rows = rows
        for band in 0..<functions / rows {
            let range = band * rows..<(band + 1) * rows
            let buckets = distinct.map {
                (hash: StableHash.hash(ofHashes: signatures[$0][range]), index: $0)
            }.sorted { $0.hash != $1.hash ? $0.hash < $1.hash : $0.index < $1.index }
            var start = 0
            while start < buckets.count {
                var end = start + 1
                while end < buckets.count, buckets[end].hash == buckets[start].hash { end += 1 }
                compare(buckets[start..<end].map(\.index), signatures, &clusters)
                start = end
            }
        }
        return (0..<signatures.count).map { clusters.first(of: $0) }
    }

    /// Joins the similar texts of a bucket. What is connected already is not compared.
    private func compare(
        _ bucket: [Int], _ signatures: [[UInt64]], _ clusters: inout DisjointSets
    ) {
        for (place, index) in bucket.enumerated() {
            for other in bucket[..<place]
            where clusters.first(of: other) != clusters.first(of: index) {
                if similarity(signatures[other], signatures[index]) >= threshold {
                    clusters.join(other, index)
                }
            }
        }
    }
}

/// Disjoint sets of numbers, each known by its smallest.
private struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    mutating func first(of element: Int) -> Int {
        var root = element
        while parents[root] != root { root = parents[root] }
        var next = element
        while parents[next] != root { (parents[next], next) = (root, parents[next]) }
        return root
    }

    mutating func join(_ left: Int, _ right: Int) {
        let (left, right) = (first(of: left), first(of: right))
        parents[max(left, right)] = min(left, right)
    }
}
