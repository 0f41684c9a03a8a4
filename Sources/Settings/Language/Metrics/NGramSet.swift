import Compute
package import Text

/// The n-grams of a data set as sorted words of 64 bits, with repetitions: the basis of the
/// diversity and coverage metrics. N-grams do not cross documents.
package struct NGramSet: Sendable {
    /// One word for each occurrence, ascending.
    package let occurrences: [UInt64]
    /// The number of different words among ``occurrences``.
    package let distinctCount: Int

    /// Collects the n-grams of `length` tokens.
    ///
    /// Up to 64 bits an n-gram is packed exactly; longer ones are mixed to 64 bits, where two
    /// different n-grams among a million meet with probability 3e-8.
    package init(of dataset: TokenDataset, length: Int, vocabularyCount: Int) {
        let bits = max(1, Int.bitWidth - (max(2, vocabularyCount) - 1).leadingZeroBitCount)
        let packs = bits * length <= 64
        var words: [UInt64] = []
        words.reserveCapacity(dataset.tokens.count)
        for document in 0..<dataset.documentCount {
            let range = dataset.range(ofDocument: document)
            guard range.count >= length else { continue }
            for start in range.lowerBound...(range.upperBound - length) {
                var word: UInt64 = 0
                for token in dataset.tokens[start..<start + length] {
                    word = packs ? word << UInt64(bits) | UInt64(token) : NGramSet.mix(word, token)
                }
                words.append(word)
            }
        }
        words.sort()
        occurrences = words
        var distinct = 0
        for index in words.indices where index == 0 || words[index] != words[index - 1] {
            distinct += 1
        }
        distinctCount = distinct
    }

    /// Distinct n-grams over all n-grams (Li et al. 2016); nan where there are none.
    package var distinctShare: Double {
        occurrences.isEmpty ? .nan : Double(distinctCount) / Double(occurrences.count)
    }

    /// The share of these occurrences whose n-gram is also in `other`.
    package func share(coveredBy other: NGramSet) -> Double {
        guard !occurrences.isEmpty else { return .nan }
        var covered = 0
        var position = 0
        for word in occurrences {
            while position < other.occurrences.count && other.occurrences[position] < word {
                position += 1
            }
            if position < other.occurrences.count && other.occurrences[position] == word {
                covered += 1
            }
        }
        return Double(covered) / Double(occurrences.count)
    }

    /// The Jensen-Shannon divergence between the frequencies of the two sets, in nats; nan where
    /// either is empty.
    package func divergence(from other: NGramSet) -> Double {
        guard !occurrences.isEmpty, !other.occurrences.isEmpty else { return .nan }
        let (own, others) = (Double(occurrences.count), Double(other.occurrences.count))
        func term(_ share: Double, _ middle: Double) -> Double {
            share > 0 ? share * Elementary.log(share / middle) / 2 : 0
        }
        var total = 0.0
        var (first, second) = (0, 0)
        while first < occurrences.count || second < other.occurrences.count {
            let left = first < occurrences.count ? occurrences[first] : .max
            let right = second < other.occurrences.count ? other.occurrences[second] : .max
            let word = min(left, right)
            let (firstStart, secondStart) = (first, second)
            while first < occurrences.count, occurrences[first] == word { first += 1 }
            while second < other.occurrences.count, other.occurrences[second] == word {
                second += 1
            }
            let p = Double(first - firstStart) / own
            let q = Double(second - secondStart) / others
            total += term(p, (p + q) / 2) + term(q, (p + q) / 2)
        }
        return max(0, total)
    }

    /// The finaliser of splitmix64 over the running word and the next token.
    private static func mix(_ word: UInt64, _ token: UInt32) -> UInt64 {
        var z = (word ^ UInt64(token)) &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
