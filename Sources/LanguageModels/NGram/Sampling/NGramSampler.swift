import Compute

/// What drawing from a model needs beside it, computed once for many documents.
struct NGramSampler {
    /// Whose distributions are drawn from, but for the ban and the truncation.
    let model: NGramModel
    /// What remains to be heeded: temperature is in the model, where it can be.
    let options: NGramSamplingOptions
    /// For models without counts.
    let residuals: NGramResiduals?
    /// For top-k and top-p.
    let ranking: NGramRanking?
    /// Whether each token costs a full distribution.
    let drawsInFull: Bool

    /// Documents and how many of their tokens are their prompts.
    struct Documents {
        var texts: [[UInt32]]
        var promptLengths: [Int]
    }

    init(_ model: NGramModel, _ options: NGramSamplingOptions, pool: WorkerPool) {
        for prompt in options.prompts {
            for token in prompt {
                precondition(
                    token < model.vocabularyCount && token != model.boundary,
                    "prompt token \(token) in a vocabulary of \(model.vocabularyCount)")
            }
        }
        drawsInFull =
            options.isNearlyGreedy
            || (model.isAdditive && (!options.isPlain || model.evidence == nil))
        var remaining = options
        if options.temperature == 1 || drawsInFull {
            self.model = model
        } else {
            self.model = model.tempered(options.temperature, pool: pool)
            remaining.temperature = 1
        }
        self.options = remaining
        residuals =
            self.model.evidence == nil && !drawsInFull
            ? NGramResiduals(self.model, pool: pool) : nil
        ranking =
            options.truncates && !drawsInFull ? NGramRanking(self.model, pool: pool) : nil
    }

    /// Writes documents, each of at most `limit` tokens.
    func documents(_ range: Range<Int>, limit: Int, key: RandomKey) -> Documents {
        model.withTables { tables in
            if let residuals {
                defer { withExtendedLifetime(residuals) {} }
                let rule = NGramResidualRule(residuals)
                return NGramSamplingLanes(self, tables, rule, key: key, limit: limit).run(range)
            }
            switch model.evidence?.cumulative {
            case .whole(let counts): return documents(range, counts, tables, limit, key)
            case .real(let counts): return documents(range, counts, tables, limit, key)
            case nil:
                return NGramSamplingLanes(
                    self, tables, NGramNoRule(), key: key, limit: limit
                ).run(range)
            }
        }
    }

    private func documents<Count: NGramCount>(
        _ range: Range<Int>, _ counts: NGramColumn<Count>, _ tables: NGramTables, _ limit: Int,
        _ key: RandomKey
    ) -> Documents {
        guard let evidence = model.evidence else { return Documents(texts: [], promptLengths: []) }
        let rule = NGramCountRule(counts, evidence, vocabularyCount: model.vocabularyCount)
        return NGramSamplingLanes(self, tables, rule, key: key, limit: limit).run(range)
    }

    /// The length of a context.
    @inline(__always)
    func length(of context: Int) -> Int {
        var length = 0
        while model.trie.levelBegin[length + 1] <= context { length &+= 1 }
        return length
    }
}
