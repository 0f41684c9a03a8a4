package import Compute

extension NGramModel {
    /// Writes the model as an ARPA back-off file, which KenLM and SRILM load.
    ///
    /// The boundary is written as `<s>` where it is context and as `</s>` where it is the event.
    /// All V tokens are unigrams, seen or not. Numbers are log10 with seven decimals; probability
    /// zero is written as -99, as is customary.
    ///
    /// - Parameters:
    ///   - vocabulary: The spellings of the model's tokens. KenLM wants one to be `<unk>`.
    ///   - pool: Who formats; the bytes do not depend on it.
    ///   - sink: Takes the bytes piece by piece, on one thread at a time.
    /// - Throws: For add-k, which has no back-off form, and what the sink throws.
    package func writeARPA(
        vocabulary: NGramVocabulary, pool: WorkerPool,
        to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try write(try arpaWriter(vocabulary, pool), to: sink)
    }

    /// The model as the bytes of an ARPA file; see `writeARPA`.
    package func arpa(vocabulary: NGramVocabulary) throws(NGramError) -> [UInt8] {
        var bytes: [UInt8] = []
        write(try arpaWriter(vocabulary, WorkerPool(count: 1))) { bytes.append(contentsOf: $0) }
        return bytes
    }

    private func arpaWriter(
        _ vocabulary: NGramVocabulary, _ pool: WorkerPool
    ) throws(NGramError) -> ARPAWriter {
        if isAdditive { throw NGramError(.noBackOffForm(.addK)) }
        precondition(
            vocabulary.count == vocabularyCount && vocabulary.boundary == boundary,
            "a vocabulary of \(vocabulary.count) with boundary \(vocabulary.boundary) for a model of "
                + "\(vocabularyCount) with \(boundary)")
        return ARPAWriter(
            boundary: boundary, levelBegin: trie.levelBegin,
            tokens: trie.tokens.elements.baseAddress.unsafelyUnwrapped,
            childBegin: trie.childBegin.elements.baseAddress.unsafelyUnwrapped, marks: nil,
            words: ARPAWords(count: vocabularyCount) { vocabulary[$0] }, pool: pool)
    }

    private func write<Failure>(
        _ writer: borrowing ARPAWriter, to sink: ARPAWriter.Sink<Failure>
    ) throws(Failure) {
        defer { withExtendedLifetime(self) {} }
        try writer.writeHeader(sink)
        let probabilities = self.probabilities.elements.baseAddress.unsafelyUnwrapped
        let backOffs = self.backOffs.elements.baseAddress.unsafelyUnwrapped
        for length in 1...order {
            try writer.writeLevel(
                length,
                values: { _, nodes, _ in
                    (
                        probabilities + nodes.lowerBound,
                        length < order ? backOffs + nodes.lowerBound : nil
                    )
                }, sink: sink)
        }
        try writer.writeEnd(sink)
    }
}
