import Compute

extension NGramModel {
    /// The model of p(w | h)^(1/T), renormalised after every history: a back-off model too, with
    /// the same n-grams.
    ///
    /// What is not listed after h keeps its proportions under the power, so with b = 1/T and Z(h) =
    /// sum p(w | h)^b
    ///
    ///     Z(h) = sum over listed w of p(w | h)^b + g(h)^b (Z(h') - sum over listed w of p(w | h')^b)
    ///
    /// and the new back-off weight is g(h)^b Z(h') / Z(h). Everything is relative to the greatest
    /// probability after h, so that no power leaves the range of numbers.
    ///
    /// - Complexity: O(n-grams).
    func tempered(_ temperature: Double, pool: WorkerPool) -> NGramModel {
        precondition(!isAdditive, "an additive model does not back off")
        let power = 1 / temperature
        let probabilities = Buffer<Double>(count: trie.nodeCount)
        let backOffs = Buffer<Double>(count: trie.contextCount)
        // For each context: Z, and the logarithm of a bound on p(w | h) that an interpolated model
        // attains.
        let sums = Buffer<Double>(count: trie.contextCount)
        let bounds = Buffer<Double>(count: trie.contextCount)
        withTables { tables in
            for length in 0..<order {
                let parts = NGramBlocks.even(trie.level(length), size: 1 << 12)
                pool.perform(tasks: parts.count) { part, _ in
                    for context in parts[part] {
                        let block = tables.successors(of: context)
                        let shorter = Int(tables.suffixes[context])
                        let weight = context == 0 ? 0 : tables.backOffs[context]
                        var bound = Elementary.log(weight) + bounds.base[shorter]
                        for node in block {
                            let logarithm = Elementary.log(tables.probabilities[node])
                            probabilities.base[node] = logarithm
                            bound = max(bound, logarithm)
                        }
                        if bound == -.infinity { bound = 0 }
                        var sum = 0.0
                        var shorterSum = 0.0
                        for node in block {
                            let value = Elementary.exp(power * (probabilities.base[node] - bound))
                            probabilities.base[node] = value
                            sum += value
                            shorterSum += probabilities.base[Int(tables.suffixes[node])]
                        }
                        var rest = 0.0
                        if weight > 0, context > 0 {
                            let relative =
                                Elementary.log(weight) + bounds.base[shorter] - bound
                            rest = Elementary.exp(power * relative) * sums.base[shorter]
                        }
                        // The shorter context's probabilities are normalised already.
                        sum += rest * max(0, 1 - shorterSum)
                        for node in block { probabilities.base[node] /= sum }
                        backOffs.base[context] = context == 0 ? 1 : rest / sum
                        sums.base[context] = sum
                        bounds.base[context] = bound
                    }
                }
            }
        }
        return NGramModel(
            trie: trie, probabilities: NGramColumn(SharedBuffer(probabilities)),
            backOffs: NGramColumn(SharedBuffer(backOffs)))
    }
}
