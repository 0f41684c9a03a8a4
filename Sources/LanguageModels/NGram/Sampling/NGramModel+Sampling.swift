package import Compute
import Text

extension NGramModel {
    /// Draws a number of documents; document i draws from `key.at(i)` alone.
    ///
    /// A document runs from the boundary (or its prompt) until the boundary is drawn or it is cut,
    /// being as long as allowed. It may be empty. A model with counts is drawn from by them, any other by
    /// its probabilities.
    package func sample(
        documents count: Int, options: NGramSamplingOptions, key: RandomKey,
        pool: WorkerPool = WorkerPool(count: 1)
    ) -> NGramSample {
        var sample = NGramSample(dataset: TokenDataset(), promptLengths: [])
        let sampler = NGramSampler(self, options, pool: pool)
        for documents in sampler.documents(
            0..<count, limit: options.maximumDocumentLength, key: key, pool: pool)
        {
            for text in documents.texts {
                sample.dataset.append(
                    document: text, isCut: text.count == options.maximumDocumentLength)
            }
            sample.promptLengths += documents.promptLengths
        }
        return sample
    }

    /// Draws documents 0, 1, 2 ... until they have exactly `tokenBudget` tokens; the last is cut to
    /// fit.
    ///
    /// Prompts count where they are part of the documents. Document i does not depend on the
    /// budget, apart from where the last one is cut.
    ///
    /// - Throws: If document after document is drawn empty.
    package func sample(
        until tokenBudget: Int, options: NGramSamplingOptions, key: RandomKey,
        pool: WorkerPool = WorkerPool(count: 1)
    ) throws(NGramError) -> NGramSample {
        precondition(tokenBudget >= 0, "a budget of \(tokenBudget) tokens")
        var sample = NGramSample(dataset: TokenDataset(), promptLengths: [])
        guard tokenBudget > 0 else { return sample }
        let sampler = NGramSampler(self, options, pool: pool)
        let patience = 100_000
        var emptyInARow = 0
        var drawn = 0
        while true {
            let left = tokenBudget - sample.dataset.tokens.count
            let limit = min(options.maximumDocumentLength, left)
            // As many as are likely to be needed: the first time if all are as long as they may be.
            let mean = Double(sample.dataset.tokens.count) / Double(drawn)
            let likely =
                drawn == 0 ? Double(left / limit) : (Double(left) / max(mean, 0.01)).rounded(.up)
            let batch = drawn..<drawn + Int(min(max(likely, 1), drawn == 0 ? 64 : 65_536))
            for documents in sampler.documents(batch, limit: limit, key: key, pool: pool) {
                for (text, prompt) in zip(documents.texts, documents.promptLengths) {
                    let left = tokenBudget - sample.dataset.tokens.count
                    sample.dataset.append(
                        document: text.prefix(left), isCut: text.count == limit || text.count > left
                    )
                    sample.promptLengths.append(min(prompt, left))
                    if text.count >= left { return sample }
                    emptyInARow = text.isEmpty ? emptyInARow + 1 : 0
                    guard emptyInARow < patience else {
                        throw NGramError(.onlyEmptyDocuments(drawn: emptyInARow))
                    }
                }
            }
            drawn = batch.upperBound
        }
    }
}

extension NGramSampler {
    /// Writes documents over all workers, in parts that follow each other.
    fileprivate func documents(
        _ range: Range<Int>, limit: Int, key: RandomKey, pool: WorkerPool
    ) -> [Documents] {
        let size = pool.count == 1 ? max(1, range.count) : max(32, range.count / (8 * pool.count))
        let parts = NGramBlocks.even(range, size: size)
        return pool.map(parts.count) { documents(parts[$0], limit: limit, key: key) }
    }
}
