/// What a model without counts is drawn from: for each listed n-gram h w, how much its probability exceeds what it
/// would get by backing off, r(w) = p(w | h) - g(h) p(w | h'), summed up inside each block.
///
/// Where no r is negative, p(. | h) is the mixture of r and g(h) p(. | h'), as in every interpolated model. Elsewhere
/// the block holds p itself, and a draw that backs off is repeated until it is not a listed token: then it has the
/// probability g(h) p(w | h') exactly, since what the listed tokens leave is what the others have.
struct NGramResiduals: Sendable {
    /// r or p of each node and those before it in its block.
    let cumulative: [Double]
    /// For each context, the weight of going on at h' beside the sum of its block.
    let rest: [Double]
    /// Whether a context holds p and refuses its own tokens from h'.
    let refuses: [Bool]

    init(_ model: NGramModel) {
        let trie = model.trie
        var cumulative = Array(repeating: 0.0, count: trie.nodeCount)
        var rest = Array(repeating: 1.0, count: trie.contextCount)
        var refuses = Array(repeating: false, count: trie.contextCount)
        model.withTables { tables in
            for context in 0..<tables.contextCount {
                let block = tables.successors(of: context)
                let backOff = context == 0 ? 0 : tables.backOffs[context]
                var sum = 0.0
                var isMixture = true
                for node in block {
                    let probability = tables.probabilities[node]
                    let shorter = tables.probabilities[Int(tables.suffixes[node])]
                    let residual = context == 0 ? probability : probability - backOff * shorter
                    isMixture = isMixture && residual >= 0
                    sum += residual
                    cumulative[node] = sum
                }
                rest[context] = backOff
                guard !isMixture else { continue }
                sum = 0
                for node in block {
                    sum += tables.probabilities[node]
                    cumulative[node] = sum
                }
                rest[context] = max(0, 1 - sum)
                refuses[context] = true
            }
        }
        self.cumulative = cumulative
        self.rest = rest
        self.refuses = refuses
    }
}
