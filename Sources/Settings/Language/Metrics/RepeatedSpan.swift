package import Text

/// The longest run of tokens that occurs at least twice, within documents.
package enum RepeatedSpan {
    /// Its length in tokens; 0 where no token repeats.
    ///
    /// A span of length L that repeats implies one of length L - 1, so the length is found by
    /// bisection; each probe compares rolling hashes and confirms equal ones token by token.
    package static func longest(in dataset: TokenDataset) -> Int {
        var low = 0
        var high = 0
        for document in 0..<dataset.documentCount {
            high = max(high, dataset.range(ofDocument: document).count)
        }
        while low < high {
            let middle = (low + high + 1) / 2
            if hasRepeat(ofLength: middle, in: dataset) { low = middle } else { high = middle - 1 }
        }
        return low
    }

    private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func hasRepeat(ofLength length: Int, in dataset: TokenDataset) -> Bool {
        var leading: UInt64 = 1
        for _ in 1..<max(length, 1) { leading = leading &* base }
        var spans: [(hash: UInt64, start: Int)] = []
        spans.reserveCapacity(dataset.tokens.count)
        for document in 0..<dataset.documentCount {
            let range = dataset.range(ofDocument: document)
            guard range.count >= length else { continue }
            var hash: UInt64 = 0
            for position in range {
                if position >= range.lowerBound + length {
                    hash = hash &- value(dataset.tokens[position - length]) &* leading
                }
                hash = hash &* base &+ value(dataset.tokens[position])
                if position >= range.lowerBound + length - 1 {
                    spans.append((hash, position - length + 1))
                }
            }
        }
        spans.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.start < $1.start }
        for (first, second) in zip(spans, spans.dropFirst()) where first.hash == second.hash {
            let same = (0..<length).allSatisfy {
                dataset.tokens[first.start + $0] == dataset.tokens[second.start + $0]
            }
            if same { return true }
        }
        return false
    }

    /// A token as a well-mixed odd word, so that small ids do not collide under the polynomial.
    private static func value(_ token: UInt32) -> UInt64 {
        var z = (UInt64(token) &+ 1) &* 0xBF58_476D_1CE4_E5B9
        z ^= z >> 29
        return z &* 0x94D0_49BB_1331_11EB | 1
    }
}
