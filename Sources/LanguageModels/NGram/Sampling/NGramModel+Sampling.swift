package import Compute
import Text

extension NGramModel {
    /// Draws a number of documents; document i draws from `key.at(i)` alone.
    ///
    /// A document runs from the boundary (or its prompt) until the boundary is drawn or it is as long as
    /// allowed. It may be empty.
    package func sample(
        documents count: Int, options: NGramSamplingOptions, key: RandomKey
    ) -> NGramSample {
        var sample = NGramSample(dataset: TokenDataset(), promptLengths: [])
        let sampler = NGramSampler(model: self, options: options)
        for index in 0..<count {
            let (tokens, prompt) = sampler.document(
                at: index, limit: options.maximumDocumentLength, key: key)
            sample.dataset.append(document: tokens)
            sample.promptLengths.append(prompt)
        }
        return sample
    }

    /// Draws documents 0, 1, 2 ... until they have exactly `tokenBudget` tokens; the last is cut to fit.
    ///
    /// Prompts count where they are part of the documents. Document i does not depend on the budget, apart
    /// from where the last one is cut.
    ///
    /// - Throws: If document after document is drawn empty.
    package func sample(
        until tokenBudget: Int, options: NGramSamplingOptions, key: RandomKey
    ) throws(NGramError) -> NGramSample {
        precondition(tokenBudget >= 0, "a budget of \(tokenBudget) tokens")
        var sample = NGramSample(dataset: TokenDataset(), promptLengths: [])
        let sampler = NGramSampler(model: self, options: options)
        let patience = 100_000
        var emptyInARow = 0
        while sample.dataset.tokens.count < tokenBudget {
            let limit = min(
                options.maximumDocumentLength, tokenBudget - sample.dataset.tokens.count)
            let (tokens, prompt) = sampler.document(
                at: sample.dataset.documentCount, limit: limit, key: key)
            sample.dataset.append(document: tokens)
            sample.promptLengths.append(prompt)
            emptyInARow = tokens.isEmpty ? emptyInARow + 1 : 0
            guard emptyInARow < patience else {
                throw NGramError(.onlyEmptyDocuments(drawn: emptyInARow))
            }
        }
        return sample
    }
}

extension NGramSampler {
    /// Document `index` and how many of its tokens are its prompt.
    fileprivate func document(
        at index: Int, limit: Int, key: RandomKey
    ) -> (tokens: [UInt32], prompt: Int) {
        var random = RandomStream(key.at(index))
        var tokens: [UInt32] = []
        var state = model.trie.startState
        let longest = model.order - 1
        var depth = min(1, longest)
        if !options.prompts.isEmpty {
            for token in options.prompts[index % options.prompts.count] {
                precondition(
                    token < model.vocabularyCount && token != model.boundary,
                    "prompt token \(token) in a vocabulary of \(model.vocabularyCount)")
                state = model.trie.state(after: token, from: state)
                depth = min(depth + 1, longest)
                if options.includesPrompt && tokens.count < limit { tokens.append(token) }
            }
        }
        let prompt = tokens.count
        while tokens.count < limit {
            let (token, next) = draw(from: state, depth: depth, &random)
            if token == model.boundary { break }
            tokens.append(token)
            state = next
            depth = min(depth + 1, longest)
        }
        return (tokens, prompt)
    }
}
