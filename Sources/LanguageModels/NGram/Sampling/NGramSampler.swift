import Compute

/// Draws tokens from a model: either by descending its histories, which costs a few binary searches, or from the
/// full distribution, which costs O(vocabulary), where temperature, top-k or top-p change it.
struct NGramSampler {
    let model: NGramModel
    let options: NGramSamplingOptions

    /// How often a forbidden token is drawn again before the distribution is renormalised at full cost.
    private static let patience = 64

    /// The token after a history and the state that follows.
    func draw(
        from state: Int, depth: Int, _ random: inout RandomStream
    ) -> (token: UInt32, next: Int) {
        guard options.isPlain else {
            let token = drawAdjusted(from: state, depth: depth, &random)
            return (token, model.trie.state(after: token, from: state))
        }
        for _ in 0..<Self.patience {
            let (token, context, node) = descend(from: state, depth: depth, &random)
            if token == options.forbidden { continue }
            return (token, next(token, from: state, drawnAt: context, node))
        }
        let token = drawAdjusted(from: state, depth: depth, &random)
        return (token, model.trie.state(after: token, from: state))
    }

    /// One draw from p(. | history), with the context whose counts decided it; `nil` where none did.
    ///
    /// A uniform draw u from [0, a(h) + extra) that falls into the count of w, above what is discounted from it,
    /// takes w. In all other cases, which together have probability g(h), the draw goes on at h'.
    private func descend(
        from state: Int, depth: Int, _ random: inout RandomStream
    ) -> (token: UInt32, context: Int, node: Int?) {
        var context = state
        var length = model.trie.depth(of: state)
        let smoothing = model.configuration.smoothing
        if smoothing == .addK, length != depth { return (uniform(&random), 0, nil) }
        while true {
            let begin = Int(model.trie.childBegin[context])
            let end = Int(model.trie.childBegin[context + 1])
            let total = model.cumulative[end - 1]
            let extra =
                switch smoothing {
                case .maximumLikelihood, .modifiedKneserNey: 0.0
                case .addK: model.configuration.k * Double(model.vocabularyCount)
                case .wittenBell: Double(context == 0 ? model.distinctUnigrams : end - begin)
                }
            let draw = random.uniform() * (total + extra)
            if draw < total {
                let node = firstNode(above: draw, begin: begin, end: end)
                guard smoothing == .modifiedKneserNey else {
                    return (model.trie.tokens[node], context, node)
                }
                let before = node == begin ? 0 : model.cumulative[node - 1]
                let count = model.cumulative[node] - before
                if draw - before >= model.discounts[length][count] {
                    return (model.trie.tokens[node], context, node)
                }
            }
            if context == 0 || smoothing == .addK { return (uniform(&random), 0, nil) }
            context = Int(model.trie.suffixes[context])
            length -= 1
        }
    }

    private func uniform(_ random: inout RandomStream) -> UInt32 {
        UInt32(random.below(model.vocabularyCount))
    }

    /// The first node of a block whose cumulative count is above `draw`.
    private func firstNode(above draw: Double, begin: Int, end: Int) -> Int {
        var (low, high) = (begin, end - 1)
        while low < high {
            let middle = (low + high) / 2
            if model.cumulative[middle] > draw { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The state after a token that was drawn at `context`, a suffix of `state`.
    private func next(
        _ token: UInt32, from state: Int, drawnAt context: Int, _ node: Int?
    ) -> Int {
        if token == model.trie.boundary { return model.trie.startState }
        var longer = state
        while longer != context {
            if let node = model.trie.successor(of: longer, token: token) {
                return model.trie.state(at: node)
            }
            longer = Int(model.trie.suffixes[longer])
        }
        return model.trie.state(at: node ?? 1 + Int(token))
    }

    /// A draw from the full distribution after temperature, top-k, top-p and the ban.
    ///
    /// Where the ban leaves no probability, the history is shortened; where nothing is left at all, the
    /// document ends.
    private func drawAdjusted(
        from state: Int, depth: Int, _ random: inout RandomStream
    ) -> UInt32 {
        var context = state
        var depth = depth
        while true {
            var distribution = model.conditional(at: context, depth: depth)
            if let forbidden = options.forbidden { distribution[Int(forbidden)] = 0 }
            if let token = Self.pick(&distribution, options, &random) { return token }
            if context == 0 { return model.boundary }
            context = Int(model.trie.suffixes[context])
            depth = model.trie.depth(of: context)
        }
    }

    /// Draws an index after adjusting weights that need not sum to 1; `nil` if all are zero.
    static func pick(
        _ weights: inout [Double], _ options: NGramSamplingOptions, _ random: inout RandomStream
    ) -> UInt32? {
        guard let greatest = weights.max(), greatest > 0 else { return nil }
        if options.temperature == 0 {
            return weights.firstIndex(of: greatest).map { UInt32($0) }
        }
        if options.temperature != 1 {
            for index in weights.indices where weights[index] > 0 {
                weights[index] = Elementary.exp(
                    Elementary.log(weights[index] / greatest) / options.temperature)
            }
        }
        if options.topK != nil || options.topP != nil { truncate(&weights, options) }
        let draw = random.uniform() * weights.reduce(0, +)
        var sum = 0.0
        var last: UInt32?
        for index in weights.indices where weights[index] > 0 {
            sum += weights[index]
            last = UInt32(index)
            if sum > draw { break }
        }
        return last
    }

    private static func truncate(_ weights: inout [Double], _ options: NGramSamplingOptions) {
        let ranking = weights.indices.filter { weights[$0] > 0 }.sorted {
            weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1
        }
        var kept = min(options.topK ?? ranking.count, ranking.count)
        if let topP = options.topP {
            let target = topP * ranking[..<kept].reduce(0) { $0 + weights[$1] }
            var sum = 0.0
            // The smallest set that reaches the target; the last one in is kept.
            kept =
                ranking[..<kept].firstIndex { index in
                    sum += weights[index]
                    return sum >= target
                }.map { $0 + 1 } ?? kept
        }
        for index in ranking[kept...] { weights[index] = 0 }
    }
}
