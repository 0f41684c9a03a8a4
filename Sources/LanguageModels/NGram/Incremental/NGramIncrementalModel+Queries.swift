import Compute
package import Text

// The formulas are those of `NGramEstimator`, operation by operation, so that the same counts give the same bits.
extension NGramIncrementalModel {
    typealias Context = UnsafeMutablePointer<NGramContextTable.Context>

    /// p(token | context), with the conventions of ``NGramModel/probability(of:after:)``.
    ///
    /// - Complexity: O(order) look-ups, each O(log successors).
    package func probability(of token: UInt32, after context: ArraySlice<UInt32>) -> Double {
        precondition(
            token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
        let (state, depth) = state(after: context)
        return step(token, from: state, depth: depth).probability
    }

    /// log p(token | context) in nats; negative infinity where the probability is zero.
    package func logProbability(of token: UInt32, after context: ArraySlice<UInt32>) -> Double {
        Elementary.log(probability(of: token, after: context))
    }

    /// The probability of every token after `context`; they sum to 1.
    ///
    /// - Complexity: O(vocabulary + order x successors).
    package func conditional(after context: ArraySlice<UInt32>) -> [Double] {
        let (state, depth) = state(after: context)
        return conditional(at: state, depth: depth)
    }

    /// Scores documents, each from its own start, as ``NGramModel/score(_:)`` does.
    package func score(_ dataset: TokenDataset) -> NGramScore {
        var nats: [Double] = []
        nats.reserveCapacity(dataset.tokens.count + dataset.documentCount)
        var offsets = [0]
        offsets.reserveCapacity(dataset.documentCount + 1)
        let longest = order - 1
        for document in 0..<dataset.documentCount {
            var state = startState
            var depth = min(1, longest)
            for token in dataset.document(document) {
                precondition(
                    token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
                let (probability, next) = step(token, from: state, depth: depth)
                nats.append(-Elementary.log(probability))
                state = next
                depth = min(depth + 1, longest)
            }
            nats.append(-Elementary.log(step(boundary, from: state, depth: depth).probability))
            offsets.append(nats.count)
        }
        return NGramScore(nats: nats, offsets: offsets)
    }

    // MARK: States

    /// The longest suffix of `context` that the model holds, and how many of the tokens can matter.
    func state(after context: ArraySlice<UInt32>) -> (state: UInt32, depth: Int) {
        var relevant = context.suffix(order - 1)
        if let start = relevant.lastIndex(of: boundary) { relevant = relevant[start...] }
        var state = NGramContextTable.root
        for token in relevant {
            precondition(
                token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
            state = self.state(after: token, from: state)
        }
        return (state, relevant.count)
    }

    /// The state after `token`, from the state before it.
    func state(after token: UInt32, from state: UInt32) -> UInt32 {
        if token == boundary { return startState }
        var context = table[state]
        while true {
            let (place, isPresent) = table.find(token, in: context)
            if isPresent { return place.successor.pointee.next }
            if context.pointee.length == 0 { return NGramContextTable.root }
            context = table[context.pointee.suffix]
        }
    }

    /// Whether a state is the whole history, of `depth` tokens, and was followed by something.
    func isContinued(_ context: Context, depth: Int) -> Bool {
        Int(context.pointee.length) == depth && context.pointee.total > 0
    }

    // MARK: Probabilities

    /// p(token | state) and the state after it. `depth` is the length of the history: add-k does not shorten one that it
    /// has not seen.
    func step(
        _ token: UInt32, from state: UInt32, depth: Int
    ) -> (probability: Double, next: UInt32) {
        var context = table[state]
        if configuration.smoothing == .addK {
            let next = self.state(after: token, from: state)
            guard isContinued(context, depth: depth) else { return (uniform, next) }
            return (probability(of: token, at: context), next)
        }
        var weight = 1.0
        while true {
            let (place, isPresent) = table.find(token, in: context)
            if isPresent {
                let successor = place.successor.pointee
                let probability = probability(of: token, counted: successor.count, at: context)
                return (weight * probability, successor.next)
            }
            if context.pointee.length == 0 {
                let next = token == boundary ? startState : NGramContextTable.root
                return (weight * probability(of: token, counted: 0, at: context), next)
            }
            weight *= backOff(of: context)
            context = table[context.pointee.suffix]
        }
    }

    var uniform: Double { 1 / Double(vocabularyCount) }

    /// p(token | context) for a token that follows the context, or the empty history.
    private func probability(of token: UInt32, at context: Context) -> Double {
        let (place, isPresent) = table.find(token, in: context)
        return probability(
            of: token, counted: isPresent ? place.successor.pointee.count : 0, at: context)
    }

    private func probability(of token: UInt32, counted count: UInt32, at context: Context) -> Double
    {
        guard context.pointee.total > 0 else { return uniform }
        let shorter =
            switch configuration.smoothing {
            case .maximumLikelihood, .addK: 0.0
            case .wittenBell, .modifiedKneserNey:
                context.pointee.length == 0
                    ? uniform : probability(of: token, at: table[context.pointee.suffix])
            }
        return probability(ofCount: Double(count), at: context, shorter: shorter)
    }

    /// p(w | h) from the count of h w and p(w | h').
    @inline(__always)
    private func probability(
        ofCount count: Double, at context: Context, shorter: Double
    ) -> Double {
        let total = Double(context.pointee.total)
        switch configuration.smoothing {
        case .maximumLikelihood:
            return count / total
        case .addK:
            return (count + configuration.k) / (total + configuration.k * Double(vocabularyCount))
        case .wittenBell:
            let types = Double(context.pointee.types)
            return count / (total + types) + types / (total + types) * shorter
        case .modifiedKneserNey:
            let discount = discounts[Int(context.pointee.length)][count]
            return (count - discount) / total + backOff(of: context) * shorter
        }
    }

    /// What the shorter history weighs after a context; under add-k, the probability of a token that never followed.
    func backOff(of context: Context) -> Double {
        let total = Double(context.pointee.total)
        guard total > 0 else { return 1 }
        switch configuration.smoothing {
        case .maximumLikelihood: return 0
        case .addK: return configuration.k / (total + configuration.k * Double(vocabularyCount))
        case .wittenBell:
            let types = Double(context.pointee.types)
            return types / (total + types)
        case .modifiedKneserNey:
            let (ones, twos) = (Int(context.pointee.ones), Int(context.pointee.twos))
            let more = Int(context.pointee.types) - ones - twos
            let taken = NGramDiscounts.taken(
                [0, ones, twos, more], discounts[Int(context.pointee.length)].table)
            return taken / total
        }
    }

    func conditional(at state: UInt32, depth: Int) -> [Double] {
        let context = table[state]
        if configuration.smoothing == .addK {
            guard isContinued(context, depth: depth) else {
                return Array(repeating: uniform, count: vocabularyCount)
            }
            var distribution = Array(repeating: backOff(of: context), count: vocabularyCount)
            table.forEachLeaf(of: context) { leaf in
                for successor in leaf {
                    distribution[Int(successor.token)] = probability(
                        ofCount: Double(successor.count), at: context, shorter: 0)
                }
            }
            return distribution
        }
        // Longest history first: what its successors leave is scaled onto the next shorter one.
        var contexts = [(context: context, weight: 1.0)]
        while let last = contexts.last, last.context.pointee.length > 0 {
            contexts.append(
                (
                    table[last.context.pointee.suffix],
                    last.weight * backOff(of: last.context)
                ))
        }
        guard let root = contexts.last, root.context.pointee.total > 0 else {
            return Array(repeating: uniform, count: vocabularyCount)
        }
        // For each token its probability after the longest history that it follows, and the weight of that history.
        var probabilities = Array(
            repeating: probability(ofCount: 0, at: root.context, shorter: uniform),
            count: vocabularyCount)
        var weights = Array(repeating: root.weight, count: vocabularyCount)
        for (context, weight) in contexts.reversed() {
            let isRoot = context.pointee.length == 0
            table.forEachLeaf(of: context) { leaf in
                for successor in leaf {
                    let token = Int(successor.token)
                    probabilities[token] = probability(
                        ofCount: Double(successor.count), at: context,
                        shorter: isRoot ? uniform : probabilities[token])
                    weights[token] = weight
                }
            }
        }
        return zip(probabilities, weights).map { $1 * $0 }
    }
}
