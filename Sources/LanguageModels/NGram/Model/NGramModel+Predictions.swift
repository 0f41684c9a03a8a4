package import Compute
package import Text

extension NGramModel {
    /// What the model says of every event: for each document its tokens, then its end.
    ///
    /// - Complexity: O(n-grams + events x order).
    package func predictions(of dataset: TokenDataset, pool: WorkerPool) -> [EventPrediction] {
        let nats = score(dataset).nats
        guard !isAdditive else { return additivePredictions(of: dataset, nats: nats) }
        let greatest = greatestSuccessors
        let states = states(of: dataset, pool: pool)
        var predictions: [EventPrediction] = []
        predictions.reserveCapacity(nats.count)
        for document in 0..<dataset.documentCount {
            let range = dataset.range(ofDocument: document)
            for position in range.lowerBound...range.upperBound {
                let event = position + document
                let token = position < range.upperBound ? dataset.tokens[position] : boundary
                let best = greatest[Int(states[event])]
                predictions.append(
                    EventPrediction(
                        nats: nats[event], confidence: best.probability,
                        isRight: best.token == token))
            }
        }
        return predictions
    }

    private struct Greatest {
        var probability: Double
        var token: UInt32
    }

    /// The most probable token after every context; of equal ones one that a longer context lists.
    private var greatestSuccessors: [Greatest] {
        withTables { tables in
            var greatest = [Greatest]()
            greatest.reserveCapacity(tables.contextCount)
            for context in 0..<tables.contextCount {
                var best = Greatest(probability: -1, token: 0)
                for node in tables.successors(of: context)
                where tables.probabilities[node] > best.probability {
                    best = Greatest(
                        probability: tables.probabilities[node], token: tables.tokens[node])
                }
                if context > 0 {
                    // Contexts come after all that are shorter.
                    let shorter = greatest[Int(tables.suffixes[context])]
                    let left = tables.backOffs[context] * shorter.probability
                    if left > best.probability {
                        best =
                            tables.successor(of: context, token: shorter.token) == nil
                            ? Greatest(probability: left, token: shorter.token)
                            : greatestInFull(after: context)
                    }
                }
                greatest.append(best)
            }
            return greatest
        }
    }

    /// The same from the whole distribution: where a context lists the shorter one's favourite with
    /// less than it would get from there, which no interpolated model does.
    private func greatestInFull(after context: Int) -> Greatest {
        Self.greatest(of: conditional(at: context, depth: trie.depth(of: context)))
    }

    private static func greatest(of distribution: [Double]) -> Greatest {
        var best = Greatest(probability: -1, token: 0)
        for (token, probability) in distribution.enumerated()
        where probability > best.probability {
            best = Greatest(probability: probability, token: UInt32(truncatingIfNeeded: token))
        }
        return best
    }

    /// In an additive model a context lists what is more probable than all else, and a history that
    /// was not seen favours no token, of which the first counts.
    private func additivePredictions(of dataset: TokenDataset, nats: [Double]) -> [EventPrediction]
    {
        var predictions: [EventPrediction] = []
        predictions.reserveCapacity(nats.count)
        for document in 0..<dataset.documentCount {
            var state = trie.startState
            var depth = min(1, order - 1)
            for token in Array(dataset.document(document)) + [boundary] {
                var best = Greatest(probability: 1 / Double(vocabularyCount), token: 0)
                if isContinued(state, depth: depth) {
                    best.probability = -1
                    for node in trie.successors(of: state)
                    where probabilities[node] > best.probability {
                        best = Greatest(
                            probability: probabilities[node], token: trie.tokens[node])
                    }
                }
                predictions.append(
                    EventPrediction(
                        nats: nats[predictions.count], confidence: best.probability,
                        isRight: best.token == token))
                state = trie.state(after: token, from: state)
                depth = min(depth + 1, order - 1)
            }
        }
        return predictions
    }

    /// The distribution of the next token at each position of some passages, row after row.
    package func distributions(at passages: [Passage]) -> [Double] {
        passages.flatMap { passage in
            passage.positions.flatMap { conditional(after: passage.tokens[..<$0]) }
        }
    }
}
