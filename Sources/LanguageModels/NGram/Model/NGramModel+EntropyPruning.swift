import Compute

extension NGramModel {
    /// Leaves out the n-grams that matter least (Stolcke 1998), as SRILM's `ngram -prune` does.
    ///
    /// An n-gram h w goes if the perplexity of the model, relative to itself, would rise by less
    /// than the threshold were it alone left out, the weight g(h) being adapted to g'(h):
    ///
    ///     D = -p(h) (p(w | h) (log p(w | h') + log g'(h) - log p(w | h)) + r(h) (log g'(h) - log g(h)))
    ///
    /// and exp D - 1 < threshold, where r(h) is what all n-grams listed after h leave and p(h) the
    /// product of the model's probabilities of the tokens of h, the first as a unigram. N-grams
    /// that begin a longer one stay. What goes but ends a longer one remains as an entry with its
    /// new, implied probability, which changes no query.
    ///
    /// - Parameter threshold: Above 0; 1e-8 is customary.
    /// - Returns: A model without evidence, whose distributions sum to 1.
    /// - Throws: For add-k, which does not back off.
    /// - Complexity: O(n-grams).
    package func pruned(threshold: Double) throws(NGramError) -> NGramModel {
        precondition(threshold > 0, "a pruning threshold of \(threshold)")
        if isAdditive { throw NGramError(.noBackOffForm(.addK)) }
        let isListed = listed(above: threshold)
        // What is listed needs the n-grams that it begins and ends with.
        var isPresent = isListed
        for length in stride(from: order, to: 1, by: -1) {
            for context in trie.level(length - 1) {
                for node in trie.successors(of: context) where isPresent[node] {
                    isPresent[context] = true
                    isPresent[Int(trie.suffixes[node])] = true
                }
            }
        }
        return selecting(isPresent, listed: isListed)
    }

    /// Which n-grams stay.
    private func listed(above threshold: Double) -> [Bool] {
        var isListed = Array(repeating: true, count: trie.nodeCount)
        let histories = historyProbabilities()
        for length in stride(from: order - 1, to: 0, by: -1) {
            for context in trie.level(length) {
                let block = trie.successors(of: context)
                var left = NGramLeftMass()
                for node in block {
                    left.list(probabilities[node], probabilities[Int(trie.suffixes[node])])
                }
                for node in block where !isContinued(node, isListed) {
                    let rise = rise(of: node, history: histories[context], left)
                    isListed[node] = !(rise < threshold)
                }
            }
        }
        return isListed
    }

    /// Whether a listed n-gram begins with this one.
    private func isContinued(_ node: Int, _ isListed: [Bool]) -> Bool {
        node < trie.contextCount && trie.successors(of: node).contains { isListed[$0] }
    }

    /// p(h) for every context h.
    private func historyProbabilities() -> [Double] {
        var histories = Array(repeating: 1.0, count: trie.contextCount)
        for context in 0..<trie.contextCount {
            for node in trie.successors(of: context) where node < trie.contextCount {
                histories[node] = histories[context] * probabilities[node]
            }
        }
        return histories
    }

    /// By how much the perplexity would rise, relative to itself, without one n-gram.
    private func rise(of node: Int, history: Double, _ left: NGramLeftMass) -> Double {
        let own = probabilities[node]
        let shorter = probabilities[Int(trie.suffixes[node])]
        // Nothing can be lost; or nothing would be left to take its place.
        if own == 0 { return 0 }
        if shorter == 0 { return .infinity }
        let rest = max(0, left.own)
        let newWeight = Elementary.log(rest + own) - Elementary.log(max(0, left.shorter) + shorter)
        var change = own * (Elementary.log(shorter) + newWeight - Elementary.log(own))
        if left.weight > 0 { change += rest * (newWeight - Elementary.log(left.weight)) }
        return Elementary.exp(-history * change) - 1
    }

    /// The model of some of the nodes, the unigrams among them.
    private func selecting(_ isPresent: [Bool], listed isListed: [Bool]) -> NGramModel {
        var indices = Array(repeating: UInt32(0), count: trie.nodeCount)
        var tokens: [UInt32] = []
        var suffixes: [UInt32] = []
        var childBegin: [UInt32] = []
        var levelBegin = [0]
        var listed: [Double] = []
        var isImplied: [Bool] = []
        // An order that has lost all its n-grams is no order.
        let order = (2..<order + 1).last { trie.level($0).contains { isPresent[$0] } } ?? 1
        for length in 0...order {
            for node in trie.level(length) where isPresent[node] || length < 2 {
                indices[node] = UInt32(tokens.count)
                tokens.append(trie.tokens[node])
                suffixes.append(indices[Int(trie.suffixes[node])])
                listed.append(probabilities[node])
                isImplied.append(!isListed[node] && length > 1)
            }
            levelBegin.append(tokens.count)
        }
        var next = 1
        for node in 0..<trie.levelBegin[order] where isPresent[node] || node <= vocabularyCount {
            childBegin.append(UInt32(next))
            next += trie.successors(of: node).count { isPresent[$0] || node == 0 }
        }
        childBegin.append(UInt32(next))
        return NGramModel(
            trie: NGramTrie(
                vocabularyCount: vocabularyCount, boundary: boundary, levelBegin: levelBegin,
                tokens: tokens, suffixes: suffixes, childBegin: childBegin),
            listed: listed, isImplied: isImplied)
    }
}
