import Compute

/// Draws tokens from a model: either by descending its histories, which costs a few binary searches, or from the
/// full distribution, which costs O(vocabulary), where temperature, top-k or top-p change it.
struct NGramSampler {
    let model: NGramModel
    let options: NGramSamplingOptions
    /// For models without counts.
    private let residuals: NGramResiduals?

    init(model: NGramModel, options: NGramSamplingOptions) {
        self.model = model
        self.options = options
        residuals = model.evidence == nil && !model.isAdditive ? NGramResiduals(model) : nil
    }

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

    /// One draw from p(. | history), with the context that decided it; no node where none did.
    private func descend(
        from state: Int, depth: Int, _ random: inout RandomStream
    ) -> (token: UInt32, context: Int, node: Int?) {
        if let residuals { return descend(from: state, residuals, &random) }
        guard let evidence = model.evidence else { return additive(at: state, depth, &random) }
        return descend(from: state, depth: depth, evidence, &random)
    }

    /// By counts. A uniform draw u from [0, a(h) + extra) that falls into the count of w, above what is discounted from
    /// it, takes w. In all other cases, which together have probability g(h), the draw goes on at h'.
    private func descend(
        from state: Int, depth: Int, _ evidence: NGramEvidence, _ random: inout RandomStream
    ) -> (token: UInt32, context: Int, node: Int?) {
        var context = state
        var length = model.trie.depth(of: state)
        let smoothing = evidence.configuration.smoothing
        let cumulative = evidence.cumulative
        if smoothing == .addK, !model.isContinued(state, depth: depth) {
            return (uniform(&random), 0, nil)
        }
        while true {
            let block = model.trie.successors(of: context)
            if block.isEmpty {
                context = Int(model.trie.suffixes[context])
                length -= 1
                continue
            }
            let total = cumulative[block.upperBound - 1]
            let extra =
                switch smoothing {
                case .maximumLikelihood, .modifiedKneserNey: 0.0
                case .addK: evidence.configuration.k * Double(model.vocabularyCount)
                case .wittenBell: Double(context == 0 ? evidence.distinctUnigrams : block.count)
                }
            let draw = random.uniform() * (total + extra)
            if draw < total {
                let node = block.lowest { cumulative[$0] > draw }
                guard smoothing == .modifiedKneserNey else {
                    return (model.trie.tokens[node], context, node)
                }
                let before = node == block.lowerBound ? 0 : cumulative[node - 1]
                let count = cumulative[node] - before
                if draw - before >= evidence.discounts[length][count] {
                    return (model.trie.tokens[node], context, node)
                }
            }
            if context == 0 || smoothing == .addK { return (uniform(&random), 0, nil) }
            context = Int(model.trie.suffixes[context])
            length -= 1
        }
    }

    /// By residuals.
    private func descend(
        from state: Int, _ residuals: NGramResiduals, _ random: inout RandomStream
    ) -> (token: UInt32, context: Int, node: Int?) {
        // Contexts whose own tokens are refused, the longest first.
        var refusing: [Int] = []
        var context = state
        while true {
            let block = model.trie.successors(of: context)
            let total = block.isEmpty ? 0 : residuals.cumulative[block.upperBound - 1]
            let draw = random.uniform() * (total + residuals.rest[context])
            guard draw < total else {
                if residuals.refuses[context] { refusing.append(context) }
                context = Int(model.trie.suffixes[context])
                continue
            }
            let node = block.lowest { residuals.cumulative[$0] > draw }
            let token = model.trie.tokens[node]
            guard
                let refusal = refusing.lastIndex(where: {
                    model.trie.successor(of: $0, token: token) != nil
                })
            else { return (token, context, node) }
            refusing.removeSubrange((refusal + 1)...)
            context = Int(model.trie.suffixes[refusing[refusal]])
        }
    }

    /// Without counts, where nothing backs off.
    private func additive(
        at state: Int, _ depth: Int, _ random: inout RandomStream
    ) -> (token: UInt32, context: Int, node: Int?) {
        guard model.isContinued(state, depth: depth) else { return (uniform(&random), 0, nil) }
        var weights = model.conditional(at: state, depth: depth)
        let plain = NGramSamplingOptions(maximumDocumentLength: 1)
        return (Self.pick(&weights, plain, &random) ?? model.boundary, 0, nil)
    }

    private func uniform(_ random: inout RandomStream) -> UInt32 {
        UInt32(random.below(model.vocabularyCount))
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

extension Range<Int> {
    /// The first element that satisfies a predicate which, once true, stays true; the last if none does.
    fileprivate func lowest(where isBeyond: (Int) -> Bool) -> Int {
        var (low, high) = (lowerBound, upperBound - 1)
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
