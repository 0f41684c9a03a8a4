import Compute

/// A token that was chosen, with its log-probabilities where they were asked for.
struct ChosenToken {
    var token: Int
    var logProbabilities: SampledToken?
}

/// Chooses tokens by a rule from rows of logits. One per worker: it owns the memory that stages
/// work in.
final class TokenChooser {
    private let stages: (always: [any SamplingStage], drawing: [any SamplingStage])
    private let forbidden: [UInt32]
    private let isGreedy: Bool
    private let vocabulary: Int
    private let padded: Int
    private let scratch: SamplingScratch
    /// (2, padded vocabulary): the model's logits and the rule's, kept for the log-probabilities of
    /// what is chosen.
    private let kept: BufferBox?

    init(
        rule: SamplingRule, configuration: TransformerConfiguration, recordsLogProbabilities: Bool
    ) {
        stages = rule.stages
        forbidden = rule.forbidden
        isGreedy = rule.isGreedy
        vocabulary = configuration.vocabularyCount
        padded = configuration.paddedVocabularyCount
        scratch = SamplingScratch(vocabularyCount: vocabulary)
        kept = recordsLogProbabilities ? BufferBox(count: 2 * padded) : nil
    }

    /// The token that `uniform`, a number in [0, 1), picks after `history`; `logits`, a padded row,
    /// is overwritten. `excluded` is a token that may not be drawn here, beside the forbidden ones.
    func choose(
        _ logits: UnsafeMutablePointer<Float>, after history: [UInt32], excluding excluded: Int?,
        uniform: Double
    ) -> ChosenToken {
        keep(logits, index: 0)
        adjust(logits, after: history, excluding: excluded)
        keep(logits, index: 1)
        let token =
            isGreedy ? likeliest(logits) : Float.kernels.draw(logits, vocabulary, 1, uniform)
        guard let model = logProbability(of: token, index: 0),
            let proposal = logProbability(of: token, index: 1)
        else { return ChosenToken(token: token, logProbabilities: nil) }
        return ChosenToken(
            token: token,
            logProbabilities: SampledToken(model: model, proposal: isGreedy ? 0 : proposal))
    }

    /// Turns a model's logits into those that the rule draws from.
    func adjust(
        _ logits: UnsafeMutablePointer<Float>, after history: [UInt32], excluding excluded: Int?
    ) {
        let row = LogitsRow(
            logits: logits, count: vocabulary, history: history, scratch: scratch)
        for stage in stages.always { stage.apply(to: row) }
        for token in forbidden { logits[Int(token)] = -.infinity }
        if let excluded { logits[excluded] = -.infinity }
        for stage in stages.drawing { stage.apply(to: row) }
    }

    private func likeliest(_ logits: UnsafeMutablePointer<Float>) -> Int {
        var best = 0
        for token in 1..<max(1, vocabulary) where logits[token] > logits[best] { best = token }
        return best
    }

    private func keep(_ logits: UnsafeMutablePointer<Float>, index: Int) {
        guard let kept else { return }
        (kept.base + index * padded).update(from: logits, count: padded)
    }

    private func logProbability(of token: Int, index: Int) -> Double? {
        guard let kept else { return nil }
        var nats = 0.0
        var target = Int32(truncatingIfNeeded: token)
        let row = kept.base + index * padded
        // Without gradient the coefficients are not read.
        Float.kernels.crossEntropy(row, &nats, &target, row, 1, vocabulary, padded, 0)
        return -nats
    }
}

extension SamplingRule {
    /// The logits that the rule draws from after `history`, from those of a model: minus infinity
    /// where it never draws.
    package func adjusted(_ logits: [Float], after history: [UInt32] = []) -> [Float] {
        let configuration = TransformerConfiguration(
            layers: 1, heads: 1, width: 1, contextLength: 1, vocabularyCount: logits.count)
        let row = Buffer<Float>(count: configuration.paddedVocabularyCount)
        for (token, logit) in logits.enumerated() { row.base[token] = logit }
        TokenChooser(rule: self, configuration: configuration, recordsLogProbabilities: false)
            .adjust(row.base, after: history, excluding: nil)
        return Array(row.array()[..<logits.count])
    }
}
