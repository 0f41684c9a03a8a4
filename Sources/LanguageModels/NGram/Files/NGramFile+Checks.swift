extension NGramTrie {
    /// What keeps columns of the right sizes from being a trie.
    var inconsistency: String? {
        guard childBegin[0] == 1, Int(childBegin[contextCount]) == nodeCount else {
            return "has successors that do not cover its n-grams"
        }
        for context in 0..<contextCount where childBegin[context] > childBegin[context + 1] {
            return "has successors of n-gram \(context) that end before they begin"
        }
        for length in 0..<order where Int(childBegin[levelBegin[length]]) != levelBegin[length + 1]
        {
            return "has successors of the \(length)-grams outside the \(length + 1)-grams"
        }
        guard tokens[0] == 0, suffixes[0] == 0,
            level(1).allSatisfy({ tokens[$0] == $0 - 1 && suffixes[$0] == 0 })
        else { return "has unigrams that are not its vocabulary" }
        for context in 1..<max(contextCount, 1) {
            let shorter = successors(of: Int(suffixes[context]))
            var previous = -1
            for node in successors(of: context) {
                let token = Int(tokens[node])
                guard token > previous, token < vocabularyCount else {
                    return "has the successors of n-gram \(context) out of order or range"
                }
                previous = token
                // The parent's suffix was checked before, because parents come first.
                guard shorter.contains(Int(suffixes[node])),
                    tokens[Int(suffixes[node])] == tokens[node]
                else {
                    return "has n-gram \(node) without the n-gram that it ends with"
                }
            }
        }
        return nil
    }

    /// What keeps counts from being a trie's.
    func inconsistency(
        of cumulative: NGramCumulativeCounts, _ header: NGramFileHeader
    ) -> String? {
        let areWhole = header.configuration?.smoothing == .modifiedKneserNey
        for context in 0..<contextCount {
            var sum = 0.0
            var positive = 0
            for node in successors(of: context) {
                let next = cumulative[node]
                // A unigram need not have been seen; a longer n-gram is there because it was.
                guard next.isFinite, context == 0 ? next >= sum : next > sum,
                    !areWhole || next == next.rounded()
                else {
                    return "has a count of \(next - sum) for n-gram \(node)"
                }
                if next > sum { positive += 1 }
                sum = next
            }
            guard context > 0 else {
                guard positive > 0 else { return "has no counts" }
                guard positive == header.distinctUnigrams else {
                    return "has \(positive) unigrams with counts, not \(header.distinctUnigrams)"
                }
                continue
            }
        }
        return nil
    }
}

extension NGramModel {
    /// What keeps numbers from being probabilities and weights.
    var inconsistency: String? {
        for node in 1..<trie.nodeCount {
            let probability = probabilities[node]
            guard probability >= 0, probability <= 1 else {
                return "has a probability of \(probability) for n-gram \(node)"
            }
        }
        for context in 0..<trie.contextCount {
            let weight = backOffs[context]
            guard weight >= 0, weight.isFinite else {
                return "has a back-off weight of \(weight) for n-gram \(context)"
            }
        }
        return nil
    }
}
