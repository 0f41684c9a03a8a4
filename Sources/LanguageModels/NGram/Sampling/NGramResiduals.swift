import Compute

/// What a model without counts is drawn from: for each listed n-gram h w, how much its probability
/// exceeds what it would get by backing off, r(w) = p(w | h) - g(h) p(w | h'), summed up inside
/// each block.
///
/// Where no r is negative, p(. | h) is the mixture of r and g(h) p(. | h'), as in every
/// interpolated model. Elsewhere the block holds p itself, and a draw that backs off is repeated
/// until it is not a listed token: then it has the probability g(h) p(w | h') exactly, since what
/// the listed tokens leave is what the others have.
struct NGramResiduals: Sendable {
    /// r or p of each node and those before it in its block.
    let cumulative: SharedBuffer<Double>
    /// For each context, the weight of going on at h' beside the sum of its block.
    let rest: SharedBuffer<Double>
    /// Whether a context holds p and refuses its own tokens from h'.
    let refuses: SharedBuffer<Bool>

    init(_ model: NGramModel, pool: WorkerPool) {
        let cumulative = Buffer<Double>(count: model.trie.nodeCount)
        let rest = Buffer<Double>(count: model.trie.contextCount)
        let refuses = Buffer<Bool>(count: model.trie.contextCount)
        model.withTables { tables in
            let parts = NGramBlocks.even(0..<tables.contextCount, size: 1 << 14)
            pool.perform(tasks: parts.count) { part, _ in
                for context in parts[part] {
                    let block = tables.successors(of: context)
                    let backOff = context == 0 ? 0 : tables.backOffs[context]
                    var sum = 0.0
                    var isMixture = true
                    for node in block {
                        let shorter = tables.probabilities[Int(tables.suffixes[node])]
                        let residual = tables.probabilities[node] - backOff * shorter
                        isMixture = isMixture && residual >= 0
                        sum += residual
                        cumulative.base[node] = sum
                    }
                    rest.base[context] = backOff
                    guard !isMixture else { continue }
                    sum = 0
                    for node in block {
                        sum += tables.probabilities[node]
                        cumulative.base[node] = sum
                    }
                    rest.base[context] = max(0, 1 - sum)
                    refuses.base[context] = true
                }
            }
        }
        self.cumulative = SharedBuffer(cumulative)
        self.rest = SharedBuffer(rest)
        self.refuses = SharedBuffer(refuses)
    }
}
