import Compute
package import Text

/// Negative log-likelihoods of documents under a model.
package struct NGramScore: Sendable, Hashable {
    /// Nats of each event: for each document its tokens, then its end. Infinite where the model
    /// gives no probability.
    package let nats: [Double]
    /// Where each document's events lie in ``nats``, ends included; `documentCount + 1` entries.
    package let offsets: [Int]

    /// The number of documents scored.
    package var documentCount: Int { offsets.count - 1 }

    /// The events of a document; the last one is its end.
    package func events(ofDocument index: Int) -> Range<Int> {
        offsets[index]..<offsets[index + 1]
    }
}

extension NGramModel {
    /// log p(token | context) in nats; negative infinity where the probability is zero.
    ///
    /// - Parameters:
    ///   - token: The next token, or the boundary for the document's end.
    ///   - context: What stands before it, oldest first. Only its last order - 1 tokens count, and none before
    ///     a boundary; begin it with the boundary to say that the document starts there.
    /// - Returns: A logarithm, at most 0.
    package func logProbability(of token: UInt32, after context: ArraySlice<UInt32>) -> Double {
        Elementary.log(probability(of: token, after: context))
    }

    /// log p(token | context) in nats; negative infinity where the probability is zero.
    package func logProbability(of token: UInt32, after context: [UInt32]) -> Double {
        logProbability(of: token, after: context[...])
    }

    /// p(token | context).
    package func probability(of token: UInt32, after context: ArraySlice<UInt32>) -> Double {
        precondition(
            token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
        return step(
            token, from: trie.state(after: context), depth: trie.relevant(context).count
        ).probability
    }

    /// The probability of every token after `context`; they sum to 1.
    ///
    /// - Complexity: O(vocabulary + order x successors).
    package func conditional(after context: ArraySlice<UInt32>) -> [Double] {
        conditional(at: trie.state(after: context), depth: trie.relevant(context).count)
    }

    /// The probability of every token after `context`; they sum to 1.
    package func conditional(after context: [UInt32]) -> [Double] {
        conditional(after: context[...])
    }

    /// Scores documents, each from its own start.
    ///
    /// Token i of a document is predicted from the boundary and tokens 0 ..< i, as far as the order
    /// reaches; after the last token the boundary is predicted once.
    package func score(_ dataset: TokenDataset) -> NGramScore {
        var events: [UInt32] = []
        events.reserveCapacity(dataset.tokens.count + dataset.documentCount)
        var offsets = [0]
        offsets.reserveCapacity(dataset.documentCount + 1)
        for document in 0..<dataset.documentCount {
            events += dataset.document(document)
            events.append(boundary)
            offsets.append(events.count)
        }
        var nats = probabilities(ofEvents: events)
        for event in nats.indices { nats[event] = -Elementary.log(nats[event]) }
        return NGramScore(nats: nats, offsets: offsets)
    }

    /// The probability of every event of a stream: documents one after the other, each with the
    /// boundary as its end.
    func probabilities(ofEvents events: [UInt32]) -> [Double] {
        if let greatest = events.max() {
            precondition(
                greatest < vocabularyCount,
                "token \(greatest) in a vocabulary of \(vocabularyCount)")
        }
        return [Double](unsafeUninitializedCapacity: events.count) { probabilities, count in
            count = events.count
            probabilities.initialize(repeating: 0)
            if isAdditive {
                let longest = order - 1
                var state = trie.startState
                var depth = min(1, longest)
                for (index, token) in events.enumerated() {
                    (probabilities[index], state) = step(token, from: state, depth: depth)
                    depth = min(token == boundary ? 1 : depth + 1, longest)
                }
            } else {
                withTables { tables in
                    events.withUnsafeBufferPointer {
                        NGramScoringLanes(tables, order: order).score($0, probabilities)
                    }
                }
            }
        }
    }

    /// p(token | state) and the state after it.
    ///
    /// `depth` is the length of the history: add-k does not shorten one that it has not seen.
    func step(_ token: UInt32, from state: Int, depth: Int) -> (probability: Double, next: Int) {
        if isAdditive { return additiveStep(token, from: state, depth: depth) }
        return withTables { $0.step(token, from: state) }
    }

    private func additiveStep(
        _ token: UInt32, from state: Int, depth: Int
    ) -> (probability: Double, next: Int) {
        let next = trie.state(after: token, from: state)
        guard isContinued(state, depth: depth) else { return (1 / Double(vocabularyCount), next) }
        let node = trie.successor(of: state, token: token)
        return (node.map { probabilities[$0] } ?? backOffs[state], next)
    }

    /// Whether a state is the whole history, of `depth` tokens, and was followed by something in
    /// training.
    func isContinued(_ state: Int, depth: Int) -> Bool {
        trie.depth(of: state) == depth && !trie.successors(of: state).isEmpty
    }

    func conditional(at state: Int, depth: Int) -> [Double] {
        if isAdditive {
            guard isContinued(state, depth: depth) else {
                return Array(repeating: 1 / Double(vocabularyCount), count: vocabularyCount)
            }
            var distribution = Array(repeating: backOffs[state], count: vocabularyCount)
            for node in trie.successors(of: state) {
                distribution[Int(trie.tokens[node])] = probabilities[node]
            }
            return distribution
        }
        // Longest history first: what its successors leave is scaled onto the next shorter one.
        var contexts = [(context: state, weight: 1.0)]
        while let last = contexts.last, last.context != 0 {
            contexts.append(
                (Int(trie.suffixes[last.context]), last.weight * backOffs[last.context]))
        }
        var distribution = Array(repeating: 0.0, count: vocabularyCount)
        for (context, weight) in contexts.reversed() {
            for node in trie.successors(of: context) {
                distribution[Int(trie.tokens[node])] = weight * probabilities[node]
            }
        }
        return distribution
    }
}
