package import Compute
package import Text

/// How much probability goes to tokens by how often they followed the context in training.
package struct NGramTailMass: Sendable, Hashable, Codable {
    /// The counts that begin the classes: 0, 1, 2, 3 to 9, 10 and more.
    package static let classes = [0, 1, 2, 3, 10]

    /// The mean over contexts of the probability of each class; they sum to 1.
    package var mass: [Double]
    /// How many contexts there were.
    package var contexts: Int
}

extension NGramModel {
    /// The probability that this model puts on next tokens whose n-gram was seen 0, 1, 2, 3 to 9 and 10 or more times in
    /// the training data of another, on average over the contexts of a data set.
    ///
    /// An n-gram is a token with the order - 1 tokens before it, fewer and the boundary where the document begins, order
    /// being the reference's. For such n-grams every smoothing keeps the counts as they were.
    ///
    /// - Parameters:
    ///   - dataset: Whose contexts count, each as often as it occurs; the end of a document is an event.
    ///   - reference: A model with its counts.
    ///   - pool: Who computes; the result does not depend on how many.
    /// - Returns: The mass of each class, and over how many contexts it is a mean.
    /// - Throws: If the reference has no counts.
    package func tailMass(
        over dataset: TokenDataset, countedBy reference: NGramModel, pool: WorkerPool
    ) throws(NGramError) -> NGramTailMass {
        precondition(
            reference.vocabularyCount == vocabularyCount && reference.boundary == boundary,
            "vocabularies of \(vocabularyCount) and \(reference.vocabularyCount) tokens")
        guard let evidence = reference.evidence else { throw NGramError(.noCounts) }
        let parts = NGramModel.parts(of: dataset)
        let sums = pool.map(parts.count) { part in
            parts[part].reduce(into: [Double](repeating: 0, count: 5)) { sum, document in
                add(dataset.document(document), reference, evidence, to: &sum)
            }
        }
        let count = dataset.tokens.count + dataset.documentCount
        var mass = sums.reduce(into: [Double](repeating: 0, count: 5)) { total, sum in
            for index in total.indices { total[index] += sum[index] }
        }
        // What is not listed was seen 0 times.
        mass[0] = Double(count) - mass[1...].reduce(0, +)
        return NGramTailMass(mass: mass.map { $0 / Double(count) }, contexts: count)
    }

    /// Adds the probabilities of the tokens listed after each context of a document.
    private func add(
        _ document: ArraySlice<UInt32>, _ reference: NGramModel, _ evidence: NGramEvidence,
        to sum: inout [Double]
    ) {
        var state = trie.startState
        var depth = min(1, order - 1)
        var counted = reference.trie.startState
        var countedDepth = min(1, reference.order - 1)
        for token in document + [boundary] {
            if reference.trie.depth(of: counted) == countedDepth {
                let block = reference.trie.successors(of: counted)
                // One full distribution where it costs less than many single probabilities.
                let all =
                    block.count > vocabularyCount / 16 ? conditional(at: state, depth: depth) : []
                var before = 0.0
                for node in block {
                    let count = evidence.cumulative[node] - before
                    before += count
                    let token = reference.trie.tokens[node]
                    let index = NGramTailMass.classes.lastIndex { Double($0) <= count } ?? 0
                    sum[index] +=
                        all.isEmpty
                        ? step(token, from: state, depth: depth).probability : all[Int(token)]
                }
            }
            guard token != boundary else { return }
            state = trie.state(after: token, from: state)
            depth = min(depth + 1, order - 1)
            counted = reference.trie.state(after: token, from: counted)
            countedDepth = min(countedDepth + 1, reference.order - 1)
        }
    }
}
