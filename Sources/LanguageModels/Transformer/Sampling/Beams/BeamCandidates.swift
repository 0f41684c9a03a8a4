import Compute

/// Collects the best ways to extend some beams. One per worker.
final class BeamCandidates {
    private let vocabulary: Int
    private let padded: Int
    private let chooser: TokenChooser
    /// (padded vocabulary): the scores of a beam's next tokens after the rule.
    private let scores: BufferBox

    init(rule: SamplingRule, configuration: TransformerConfiguration) {
        vocabulary = configuration.vocabularyCount
        padded = configuration.paddedVocabularyCount
        // A search follows the scores as they are: what shapes draws has no part in it.
        chooser = TokenChooser(
            rule: rule.greedy, configuration: configuration, recordsLogProbabilities: false)
        scores = BufferBox(count: padded)
    }

    /// The best `count` extensions of a tree's beams, the best first; of equal ones those of
    /// earlier beams and smaller ids. `logits`, (beams, padded vocabulary), are left as they are.
    func best(
        _ count: Int, of tree: BeamTree, logits: UnsafeMutablePointer<Float>, boundary: UInt32
    ) -> [BeamTree.Candidate] {
        var best: [BeamTree.Candidate] = []
        best.reserveCapacity(count + 1)
        for (index, beam) in tree.beams.enumerated() {
            let row = logits + index * padded
            let level = logDenominator(row)
            for token in 0..<vocabulary { scores.base[token] = row[token] - Float(level) }
            chooser.adjust(
                scores.base, after: beam.text.tokens,
                excluding: tree.mayEnd ? nil : Int(boundary))
            var least = best.count == count ? best[count - 1].logProbability : -.infinity
            for token in 0..<vocabulary {
                let total = beam.logProbability + Double(scores.base[token])
                guard total > least else { continue }
                let candidate = BeamTree.Candidate(
                    beam: index, token: token, logProbability: total,
                    model: Double(row[token]) - level)
                let position = best.firstIndex { $0.logProbability < total } ?? best.count
                best.insert(candidate, at: position)
                if best.count > count { best.removeLast() }
                if best.count == count { least = best[count - 1].logProbability }
            }
        }
        return best
    }

    /// The logarithm of the softmax's denominator.
    private func logDenominator(_ row: UnsafeMutablePointer<Float>) -> Double {
        var nats = 0.0
        var target: Int32 = 0
        Float.kernels.crossEntropy(row, &nats, &target, row, 1, vocabulary, padded, 0)
        return nats + Double(row[0])
    }
}
