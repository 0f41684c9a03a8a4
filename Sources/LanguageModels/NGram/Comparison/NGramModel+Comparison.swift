package import Compute
package import Text

extension NGramModel {
    /// Compares the distributions of the next token, this model's p and another's q, after every
    /// context of a data set: exactly, without sampling.
    ///
    /// Contexts that end in the same token share what both models say after that token alone, but
    /// for the tokens that a longer context lists. So each context costs the few tokens that it
    /// lists itself, and one pass over the vocabulary for the total variation. Results do not
    /// depend on the number of workers.
    ///
    /// - Parameters:
    ///   - other: A model over the same vocabulary.
    ///   - dataset: Whose contexts count, each as often as it occurs; the end of a document is an event.
    ///   - pool: Who computes.
    /// - Returns: The divergences of every event's context.
    /// - Complexity: O(distinct contexts x vocabulary), at about a nanosecond each.
    package func compared(
        with other: NGramModel, over dataset: TokenDataset, pool: WorkerPool
    ) -> NGramComparison {
        precondition(
            other.vocabularyCount == vocabularyCount && other.boundary == boundary,
            "vocabularies of \(vocabularyCount) and \(other.vocabularyCount) tokens")
        let offsets = dataset.offsets.indices.map { dataset.offsets[$0] + $0 }
        guard !isAdditive, !other.isAdditive else {
            let events = comparedAtFullCost(with: other, over: dataset, pool: pool)
            return NGramComparison(events: events, offsets: offsets)
        }
        let contexts = NGramContextPairs(
            states(of: dataset, pool: pool), other.states(of: dataset, pool: pool),
            lastTokens: dataset.contextTokens(boundary: boundary))
        let results = withTables { own in
            other.withTables { others in
                let first = NGramUnigramLogarithms(own)
                let second = NGramUnigramLogarithms(others)
                let scratch = (0..<pool.count).map { _ in
                    NGramPairScratch(own, first, others, second)
                }
                var results = [NGramDivergence](repeating: .zero, count: contexts.pairs.count)
                results.withUnsafeMutableBufferPointer { results in
                    pool.perform(tasks: contexts.groups.count) { group, worker in
                        let group = contexts.groups[group]
                        scratch[worker].compare(contexts.pairs, group) { results[$0] = $1 }
                    }
                }
                return results
            }
        }
        return NGramComparison(
            events: contexts.pairOfEvent.map { results[Int($0)] }, offsets: offsets)
    }

    /// The same by the definition, one full distribution after the other: where a model does not
    /// back off.
    private func comparedAtFullCost(
        with other: NGramModel, over dataset: TokenDataset, pool: WorkerPool
    ) -> [NGramDivergence] {
        let documents = pool.map(dataset.documentCount) { document in
            var history = [boundary]
            return (Array(dataset.document(document)) + [boundary]).map { token in
                defer { history.append(token) }
                return Self.divergence(
                    conditional(after: history), other.conditional(after: history))
            }
        }
        return Array(documents.joined())
    }

    private static func divergence(_ own: [Double], _ other: [Double]) -> NGramDivergence {
        var divergence = NGramDivergence.zero
        for (p, q) in zip(own, other) {
            divergence.totalVariation += 0.5 * abs(p - q)
            guard p > 0 else { continue }
            divergence.entropy -= p * Elementary.log(p)
            divergence.crossEntropy -= p * Elementary.log(q)
        }
        return divergence
    }
}

extension TokenDataset {
    /// The last token of every event's context; the boundary where a document begins.
    fileprivate func contextTokens(boundary: UInt32) -> [UInt32] {
        var last: [UInt32] = []
        last.reserveCapacity(tokens.count + documentCount)
        for document in 0..<documentCount {
            last.append(boundary)
            last += self.document(document)
        }
        return last
    }
}
