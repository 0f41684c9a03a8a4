extension NGramModel {
    /// A model from the probabilities of listed n-grams. Where others are there only because longer
    /// n-grams need them, `isImplied` says so for each node, and they get what backing off gives;
    /// otherwise it is empty.
    package init(trie: NGramTrie, listed: [Double], isImplied: [Bool]) {
        var probabilities = listed
        var backOffs = Array(repeating: 1.0, count: trie.contextCount)
        // Shortest histories first, so that those they back off to are right already.
        for context in 1..<max(1, trie.contextCount) {
            let block = trie.successors(of: context)
            var left = NGramLeftMass()
            for node in block where isImplied.isEmpty || !isImplied[node] {
                left.list(probabilities[node], probabilities[Int(trie.suffixes[node])])
            }
            backOffs[context] = left.weight
            for node in block where !isImplied.isEmpty && isImplied[node] {
                probabilities[node] = left.weight * probabilities[Int(trie.suffixes[node])]
            }
        }
        self.init(
            trie: trie, probabilities: NGramColumn(probabilities), backOffs: NGramColumn(backOffs))
    }
}

/// What the n-grams listed after a history h leave for the others:
///
///     g(h) = (1 - sum p(w | h)) / (1 - sum p(w | h')), over the listed tokens w.
struct NGramLeftMass {
    /// Of the probability after h, and of that after h'.
    private(set) var own = 1.0
    private(set) var shorter = 1.0
    private var isEmpty = true

    mutating func list(_ probability: Double, _ shorterProbability: Double) {
        own -= probability
        shorter -= shorterProbability
        isEmpty = false
    }

    /// g(h); zero where nothing is left.
    var weight: Double {
        // What is smaller is rounding: no estimator leaves so little.
        let negligible = 1e-12
        if isEmpty { return 1 }
        return own <= negligible || shorter <= negligible ? 0 : own / shorter
    }
}
