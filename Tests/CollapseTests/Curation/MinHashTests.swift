import Collapse
import Compute
import Testing

@Suite struct MinHashTests {
    private func text(_ words: [Int]) -> [UInt8] {
        Array(words.map { "w\($0)" }.joined(separator: " ").utf8)
    }

    /// The similarity itself, of sets of shingles.
    private func similarity(_ left: [Int], _ right: [Int], shingle: Int) -> Double {
        func set(_ words: [Int]) -> Set<[Int]> {
            let length = min(shingle, words.count)
            return Set((0...words.count - length).map { Array(words[$0..<$0 + length]) })
        }
        let (left, right) = (set(left), set(right))
        return Double(left.intersection(right).count) / Double(left.union(right).count)
    }

    @Test("Estimates are those of exact Jaccard similarities", arguments: [1, 3, 5])
    func estimates(shingle: Int) {
        var random = RandomStream(RandomKey(seed: UInt64(shingle), purpose: .test))
        let hash = MinHash(shingleWords: shingle, functions: 400, threshold: 0.5)
        var scaled = 0.0
        let pairs = 40
        for pair in 0..<pairs {
            let left = (0..<60).map { _ in random.below(40) }
            let changes = pair / 2
            var right = left
            for _ in 0..<changes { right[random.below(60)] = random.below(1_000) }
            let exact = similarity(left, right, shingle: shingle)
            let estimate = hash.similarity(
                hash.signature(of: text(left)), hash.signature(of: text(right)))
            if exact == 1 || exact == 0 {
                #expect(estimate == exact)
                continue
            }
            let error = (estimate - exact) / (exact * (1 - exact) / 400).squareRoot()
            // Beyond 4.5 deviations with probability 7e-6 each; the seed is fixed.
            #expect(abs(error) < 4.5)
            scaled += error * error
        }
        // A chi-square of about 40: beyond 80 with probability 2e-4.
        #expect(scaled < 80)
    }

    @Test("A text of fewer words than a shingle is one, and an empty one too")
    func short() {
        let hash = MinHash(shingleWords: 5, functions: 16, threshold: 0.9)
        let (one, other) = (hash.signature(of: text([1, 2])), hash.signature(of: text([1, 3])))
        #expect(hash.similarity(one, one) == 1)
        #expect(hash.similarity(one, other) == 0)
        #expect(hash.signature(of: []) == hash.signature(of: Array("  ".utf8)))
    }

    /// Worked out by hand: (1 - t^r)^(H/r) at the largest r is at most 0.01, and above at r + 1.
    @Test(
        "Bands are as narrow as pairs at the threshold need",
        arguments: [(0.8, 128, 6), (0.5, 128, 3), (1.0, 64, 64), (0.9, 20, 4)])
    func bands(threshold: Double, functions: Int, rows: Int) {
        let hash = MinHash(shingleWords: 5, functions: functions, threshold: threshold)
        #expect(hash.rows == rows)
        #expect(hash.missed(byBandsOf: rows) <= 0.01)
        #expect(rows == functions || hash.missed(byBandsOf: rows + 1) > 0.01)
    }

    @Test("Clusters are the connected components of all pairs above the threshold")
    func clusters() {
        var random = RandomStream(RandomKey(seed: 9, purpose: .test))
        // Families of texts that change a word or so from one to the next.
        var texts: [[Int]] = []
        for _ in 0..<25 {
            var words = (0..<50).map { _ in random.below(10_000) }
            for _ in 0..<1 + random.below(6) {
                texts.append(words)
                for _ in 0..<random.below(4) { words[random.below(50)] = random.below(10_000) }
            }
        }
        let order = random.permutation(of: texts.count)
        texts = order.map { texts[$0] }
        let hash = MinHash(shingleWords: 2, functions: 256, threshold: 0.8)
        let signatures = texts.map { hash.signature(of: text($0)) }
        // Every pair, one label spread over the other.
        var expected = Array(texts.indices)
        for right in texts.indices {
            for left in 0..<right where hash.similarity(signatures[left], signatures[right]) >= 0.8
            {
                let (from, to) = (
                    max(expected[left], expected[right]), min(expected[left], expected[right])
                )
                expected = expected.map { $0 == from ? to : $0 }
            }
        }
        #expect(Set(expected).count < texts.count - 10)
        #expect(hash.clusters(of: signatures) == expected)
    }

    @Test("A text that is there many times costs no comparison of all its pairs")
    func manyCopies() {
        let hash = MinHash(shingleWords: 2, functions: 32, threshold: 0.8)
        let copy = hash.signature(of: text([1, 2, 3]))
        let other = hash.signature(of: text([4, 5, 6]))
        let clusters = hash.clusters(of: [other] + Array(repeating: copy, count: 20_000))
        #expect(clusters[0] == 0)
        #expect(clusters.dropFirst().allSatisfy { $0 == 1 })
    }
}
