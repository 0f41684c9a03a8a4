import Compute

extension NGramModel {
    /// This maximum-likelihood model with the estimates of all its orders interpolated; see
    /// ``NGramInterpolation``.
    ///
    /// - Complexity: O(n-grams).
    package func interpolated(_ interpolation: NGramInterpolation) -> NGramModel {
        let weights = interpolation.weights
        precondition(weights.count == order, "\(weights.count) weights for order \(order)")
        let probabilities = Buffer<Double>(count: trie.nodeCount)
        let backOffs = Buffer<Double>(count: trie.contextCount)
        withTables { tables in
            for length in 0..<order {
                let weight = weights[length]
                for context in trie.level(length) {
                    let block = tables.successors(of: context)
                    backOffs.base[context] = block.isEmpty || context == 0 ? 1 : 1 - weight
                    for node in block {
                        let shorter =
                            context == 0
                            ? 1 / Double(vocabularyCount)
                            : probabilities.base[Int(tables.suffixes[node])]
                        probabilities.base[node] =
                            weight * tables.probabilities[node] + (1 - weight) * shorter
                    }
                }
            }
        }
        return NGramModel(
            trie: trie, probabilities: NGramColumn(SharedBuffer(probabilities)),
            backOffs: NGramColumn(SharedBuffer(backOffs)))
    }
}
