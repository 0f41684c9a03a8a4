package import Compute

extension TransformerModel {
    /// The distribution of the next token at each position of some passages, row after row.
    ///
    /// - Parameters:
    ///   - passages: Each at most as long as the context.
    ///   - pool: Who computes; changes no bit of the result.
    /// - Returns: As many numbers a row as the vocabulary has tokens.
    /// - Throws: ``TransformerError`` for passages that are too long and tokens outside the
    ///   vocabulary.
    package func distributions(
        at passages: [Passage], pool: WorkerPool
    ) throws(TransformerError) -> [Double] {
        try rows(at: passages, pool: pool) { engine, row in
            let logits = engine.logits(parameters: parameters.base, rows: row..<row + 1)
            let greatest = logits.max() ?? 0
            let powers = logits.map { Elementary.exp(Double($0) - Double(greatest)) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }

    /// The normalised hidden states that the distributions are made of, one row for each position.
    ///
    /// - Throws: As ``distributions(at:pool:)``.
    package func hiddenStates(
        at passages: [Passage], pool: WorkerPool
    ) throws(TransformerError) -> Matrix {
        let states = try rows(at: passages, pool: pool) { engine, row in
            engine.hiddenState(row: row)
        }
        return Matrix(
            rows: states.count / configuration.width, columns: configuration.width, floats: states)
    }

    /// What `read` takes of the row of each position, passage after passage.
    private func rows<Element: Sendable>(
        at passages: [Passage], pool: WorkerPool,
        read: (_ engine: SliceEngine<Float>, _ row: Int) -> [Element]
    ) throws(TransformerError) -> [Element] {
        for passage in passages {
            guard passage.tokens.count <= configuration.contextLength else {
                throw TransformerError(
                    .request(
                        "a passage of \(passage.tokens.count) tokens; the model's context is "
                            + "\(configuration.contextLength)"))
            }
            if let token = passage.tokens.first(where: { $0 >= configuration.vocabularyCount }) {
                throw TransformerError(
                    .request(
                        "token \(token) is outside the model's vocabulary of "
                            + "\(configuration.vocabularyCount)"))
            }
        }
        let length = passages.map(\.tokens.count).max() ?? 1
        let engines = (0..<pool.count).map { _ in
            SliceEngine<Float>(
                configuration: configuration, sequences: 1, length: length, purpose: .inference,
                precision: .float32)
        }
        var rows = Array(repeating: [Element](), count: passages.count)
        rows.withUnsafeMutableBufferPointer { rows in
            guard let first = rows.baseAddress else { return }
            pool.perform(tasks: passages.count) { index, worker in
                let engine = engines[worker]
                forward(passages[index], length: length, with: engine)
                first[index] = passages[index].positions.flatMap { read(engine, $0 - 1) }
            }
        }
        return Array(rows.joined())
    }

    private func forward(_ passage: Passage, length: Int, with engine: SliceEngine<Float>) {
        for row in 0..<length {
            let token = row < passage.tokens.count ? passage.tokens[row] : 0
            engine.tokens[row] = Int32(truncatingIfNeeded: token)
        }
        engine.forward(parameters: parameters.base, sequences: 1, length: length)
    }
}
