package import Compute
import Text

extension NGramIncrementalModel {
    /// Draws a number of documents; they are those that ``NGramModel/sample(documents:options:key:)`` draws.
    package func sample(
        documents count: Int, options: NGramSamplingOptions, key: RandomKey
    ) -> NGramSample {
        var sample = NGramSample(dataset: TokenDataset(), promptLengths: [])
        for index in 0..<count {
            let (tokens, prompt) = document(
                at: index, limit: options.maximumDocumentLength, options: options, key: key)
            sample.dataset.append(document: tokens)
            sample.promptLengths.append(prompt)
        }
        return sample
    }

    /// Draws documents until they have exactly `tokenBudget` tokens; they are those that
    /// ``NGramModel/sample(until:options:key:)`` draws.
    ///
    /// - Throws: If document after document is drawn empty.
    package func sample(
        until tokenBudget: Int, options: NGramSamplingOptions, key: RandomKey
    ) throws(NGramError) -> NGramSample {
        precondition(tokenBudget >= 0, "a budget of \(tokenBudget) tokens")
        var sample = NGramSample(dataset: TokenDataset(), promptLengths: [])
        let patience = 100_000
        var emptyInARow = 0
        while sample.dataset.tokens.count < tokenBudget {
            let limit = min(
                options.maximumDocumentLength, tokenBudget - sample.dataset.tokens.count)
            let (tokens, prompt) = document(
                at: sample.dataset.documentCount, limit: limit, options: options, key: key)
            sample.dataset.append(document: tokens)
            sample.promptLengths.append(prompt)
            emptyInARow = tokens.isEmpty ? emptyInARow + 1 : 0
            guard emptyInARow < patience else {
                throw NGramError(.onlyEmptyDocuments(drawn: emptyInARow))
            }
        }
        return sample
    }

    private func document(
        at index: Int, limit: Int, options: NGramSamplingOptions, key: RandomKey
    ) -> (tokens: [UInt32], prompt: Int) {
        var random = RandomStream(key.at(index))
        var tokens: [UInt32] = []
        var state = startState
        let longest = order - 1
        var depth = min(1, longest)
        if !options.prompts.isEmpty {
            for token in options.prompts[index % options.prompts.count] {
                precondition(
                    token < vocabularyCount && token != boundary,
                    "prompt token \(token) in a vocabulary of \(vocabularyCount)")
                state = self.state(after: token, from: state)
                depth = min(depth + 1, longest)
                if options.includesPrompt && tokens.count < limit { tokens.append(token) }
            }
        }
        let prompt = tokens.count
        while tokens.count < limit {
            let token = draw(from: state, depth: depth, options, &random)
            if token == boundary { break }
            tokens.append(token)
            state = self.state(after: token, from: state)
            depth = min(depth + 1, longest)
        }
        return (tokens, prompt)
    }

    /// How often a forbidden token is drawn again before the distribution is renormalised at full cost.
    private static var patience: Int { 64 }

    private func draw(
        from state: UInt32, depth: Int, _ options: NGramSamplingOptions,
        _ random: inout RandomStream
    ) -> UInt32 {
        guard options.isPlain else {
            return drawAdjusted(from: state, depth: depth, options, &random)
        }
        for _ in 0..<Self.patience {
            let token = descend(from: state, depth: depth, &random)
            if token != options.forbidden { return token }
        }
        return drawAdjusted(from: state, depth: depth, options, &random)
    }

    /// A uniform draw u from [0, a(h) + extra) that falls into the count of w, above what is discounted from it, takes w.
    /// In all other cases, which together have probability g(h), the draw goes on at h'.
    private func descend(
        from state: UInt32, depth: Int, _ random: inout RandomStream
    ) -> UInt32 {
        let smoothing = configuration.smoothing
        var context = table[state]
        if smoothing == .addK, !isContinued(context, depth: depth) { return uniform(&random) }
        while true {
            let total = Double(context.pointee.total)
            if total == 0 { return uniform(&random) }
            let extra =
                switch smoothing {
                case .maximumLikelihood, .modifiedKneserNey: 0.0
                case .addK: configuration.k * Double(vocabularyCount)
                case .wittenBell: Double(context.pointee.types)
                }
            let draw = random.uniform() * (total + extra)
            if draw < total {
                let (successor, before) = table.successor(above: draw, in: context)
                guard smoothing == .modifiedKneserNey else { return successor.token }
                let discount = discounts[Int(context.pointee.length)][Double(successor.count)]
                if draw - before >= discount { return successor.token }
            }
            if context.pointee.length == 0 || smoothing == .addK { return uniform(&random) }
            context = table[context.pointee.suffix]
        }
    }

    private func uniform(_ random: inout RandomStream) -> UInt32 {
        UInt32(random.below(vocabularyCount))
    }

    /// A draw from the full distribution after temperature, top-k, top-p and the ban.
    ///
    /// Where the ban leaves no probability, the history is shortened; where nothing is left at all, the document ends.
    private func drawAdjusted(
        from state: UInt32, depth: Int, _ options: NGramSamplingOptions,
        _ random: inout RandomStream
    ) -> UInt32 {
        var (state, depth) = (state, depth)
        while true {
            var distribution = conditional(at: state, depth: depth)
            if let forbidden = options.forbidden { distribution[Int(forbidden)] = 0 }
            if let token = NGramFullDraw.pick(&distribution, options, &random) { return token }
            let context = table[state]
            if context.pointee.length == 0 { return boundary }
            state = context.pointee.suffix
            depth = Int(table[state].pointee.length)
        }
    }
}
