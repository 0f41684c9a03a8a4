/// Probabilities and back-off weights from counts, shortest histories first.
struct NGramEstimate {
    private let trie: NGramTrie
    private(set) var probabilities: [Double]
    private(set) var backOffs: [Double]
    private(set) var distinctUnigrams = 0

    init(trie: NGramTrie) {
        self.trie = trie
        probabilities = Array(repeating: 0, count: trie.nodeCount)
        // A context without successors hands everything to its suffix.
        backOffs = Array(repeating: 1, count: trie.contextCount)
    }

    mutating func maximumLikelihood(_ cumulative: NGramCountColumn) {
        for context in 0..<trie.contextCount {
            let block = trie.successors(of: context)
            guard !block.isEmpty else { continue }
            let total = cumulative[block.upperBound - 1]
            backOffs[context] = 0
            var before = 0.0
            for node in block {
                let sum = cumulative[node]
                if context == 0, sum > before { distinctUnigrams += 1 }
                probabilities[node] = (sum - before) / total
                before = sum
            }
        }
    }

    mutating func addK(_ cumulative: NGramCountColumn, k: Double) {
        let pseudo = k * Double(trie.vocabularyCount)
        for context in 0..<trie.contextCount {
            let block = trie.successors(of: context)
            guard !block.isEmpty else { continue }
            let total = cumulative[block.upperBound - 1] + pseudo
            backOffs[context] = k / total
            var before = 0.0
            for node in block {
                let sum = cumulative[node]
                if context == 0, sum > before { distinctUnigrams += 1 }
                probabilities[node] = (sum - before + k) / total
                before = sum
            }
        }
    }

    mutating func wittenBell(_ cumulative: NGramCountColumn) {
        let uniform = 1 / Double(trie.vocabularyCount)
        for context in 0..<trie.contextCount {
            let block = trie.successors(of: context)
            guard !block.isEmpty else { continue }
            if context == 0 { countDistinctUnigrams(cumulative) }
            let types = Double(context == 0 ? distinctUnigrams : block.count)
            let total = cumulative[block.upperBound - 1] + types
            let weight = types / total
            backOffs[context] = weight
            var before = 0.0
            for node in block {
                let sum = cumulative[node]
                let shorter = context == 0 ? uniform : probabilities[Int(trie.suffixes[node])]
                probabilities[node] = (sum - before) / total + weight * shorter
                before = sum
            }
        }
    }

    mutating func modifiedKneserNey(_ cumulative: NGramCountColumn, discounts: [NGramDiscounts]) {
        let uniform = 1 / Double(trie.vocabularyCount)
        countDistinctUnigrams(cumulative)
        for length in 0..<trie.order {
            let discount = discounts[length]
            for context in trie.level(length) {
                let block = trie.successors(of: context)
                guard !block.isEmpty else { continue }
                let total = cumulative[block.upperBound - 1]
                var taken = 0.0
                var before = 0.0
                for node in block {
                    let sum = cumulative[node]
                    taken += discount[sum - before]
                    before = sum
                }
                let weight = taken / total
                backOffs[context] = weight
                before = 0
                for node in block {
                    let sum = cumulative[node]
                    let count = sum - before
                    let shorter = context == 0 ? uniform : probabilities[Int(trie.suffixes[node])]
                    probabilities[node] = (count - discount[count]) / total + weight * shorter
                    before = sum
                }
            }
        }
    }

    private mutating func countDistinctUnigrams(_ cumulative: NGramCountColumn) {
        var before = 0.0
        for node in trie.successors(of: 0) {
            if cumulative[node] > before { distinctUnigrams += 1 }
            before = cumulative[node]
        }
    }
}
