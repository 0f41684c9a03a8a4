package import Compute
import Support

extension NGramTextModel {
    /// Reads an ARPA file, as KenLM, SRILM and others write it.
    ///
    /// Lines may stand in any order within their length; back-off weights, `<unk>` and whole
    /// n-grams that longer ones contain may be missing. `<s>` as the first word of an n-gram and
    /// `</s>` as the last are the one boundary, whose id is 0; the unknown word is 1. Every query
    /// equals what the file defines: the listed probability, or the back-off weight of the context
    /// times the probability after the context without its first word. -99 is zero, as in SRILM.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - pool: Who reads it; the model does not depend on how many.
    /// - Throws: What is wrong and in which line.
    /// - Complexity: O(order) binary searches for each n-gram.
    package init(arpa bytes: UnsafeBufferPointer<UInt8>, pool: WorkerPool) throws(NGramError) {
        let model: NGramModel
        let vocabulary: NGramVocabulary
        do throws(ARPAProblem) {
            let outline = try ARPAOutline(bytes)
            let unigrams = try ARPAUnigrams(
                outline.sections[0], promised: outline.promised[0], order: outline.order, bytes)
            vocabulary = unigrams.vocabulary
            var levels: [ARPALevel] = []
            for length in 1..<outline.order {
                levels.append(
                    try ARPALevel(
                        outline.sections[length], length: length + 1, order: outline.order,
                        promised: outline.promised[length], vocabulary: vocabulary, bytes,
                        pool: pool))
            }
            model = try ARPALinker(unigrams, levels, bytes, pool: pool).model()
        } catch {
            throw error.located(in: bytes)
        }
        self.init(model: model, vocabulary: vocabulary)
    }

    /// Reads an ARPA file from memory.
    package init(arpa bytes: [UInt8], pool: WorkerPool) throws(NGramError) {
        let owner = NGramColumn(bytes)
        defer { withExtendedLifetime(owner) {} }
        try self.init(arpa: owner.elements, pool: pool)
    }
}
