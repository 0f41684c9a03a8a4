package import Collapse
import Text

/// What the text of a seed cannot show.
extension LanguageSetting {
    package func cautions(in seedData: LanguageData, plan: ChainPlan) -> [String] {
        let heldOut = seedData.heldOut.dataset
        let real = seedData.real
        var cautions: [String] = []
        if let least = plan.sampleSizes.min(), least < real.sampleSize {
            cautions.append(
                "statistics of samples are taken on \(real.sampleSize) tokens, and where only "
                    + "\(least) are drawn none is measured: lower evaluation.sample-tokens, or raise "
                    + "sample-size.")
        }
        if heldOut.tokens.count < real.sampleSize {
            cautions.append(
                "held-out text has \(heldOut.tokens.count) tokens, less than the "
                    + "\(real.sampleSize) that statistics of samples are taken on, so that no value of "
                    + "real text stands beside them: lower evaluation.sample-tokens.")
        }
        let events = RandomPassages.contextCount(of: heldOut)
        if events < evaluation.contexts {
            cautions.append(
                "held-out text has \(events) contexts and evaluation.contexts asks for "
                    + "\(evaluation.contexts), so that no next-token distributions are compared: lower "
                    + "it.")
        }
        let withReference =
            "what is measured with a model of a second real sample (samples.reference_*, the "
            + "divergence frontier, divergences between real samples)"
        if let start = seedData.secondSampleStart {
            if let t = plan.realCounts.firstIndex(where: { $0 > start }) {
                cautions.append(
                    "generations from \(t) on train on the text of the second real sample, so that "
                        + "\(withReference) ends before: lower sample-size or generations, or give "
                        + "more text.")
            }
        } else {
            cautions.append(
                "the train split has less than twice the tokens of generation 0, so that "
                    + "\(withReference) is left out: lower sample-size, or give more text.")
        }
        if heldOut.documentCount < 50, evaluation.documents != nil {
            cautions.append(
                "evaluation.documents scores only \(heldOut.documentCount) held-out documents, so "
                    + "that figures on them depend on each: raise it.")
        }
        if let truthModel, let truth = realText.truth, !(sampling.prompt == .real),
            let cut = try? longestDocument(of: truthModel, truth),
            cut != sampling.maximumDocumentLength
        {
            cautions.append(
                "documents of the truth are cut after \(cut) tokens and samples after "
                    + "\(sampling.maximumDocumentLength), so that what differs may be their length: "
                    + "set sampling.maximum-document-length: \(cut).")
        }
        let longest = (0..<heldOut.documentCount).map { heldOut.range(ofDocument: $0).count }.max()
        if learner.longestPassage(evaluation.window) != nil,
            let context = evaluation.window.context, let longest, context > longest + 1
        {
            cautions.append(
                "evaluation.context is \(context) tokens and no held-out document has more than "
                    + "\(longest), so that every token is scored with less.")
        }
        if learner.needsScoringSmoothing, evaluation.scoringSmoothing == .unsmoothed {
            cautions.append(
                "a maximum-likelihood model gives text that it has not seen no probability, so that "
                    + "cross-entropies are infinite: evaluation.scoring-smoothing: interpolated scores "
                    + "it smoothed and leaves its samples as they are.")
        }
        if hasUnusedBase {
            cautions.append(
                "a base is given and no model starts from it or is sampled from it: add start-from: "
                    + "base, or take it away with base: null.")
        }
        if let caution = try? exposure()?.caution { cautions.append(caution) }
        if start == .base, realText.truth?.temperature == 1, let baseModel,
            baseModel.object == truthModel?.object
        {
            cautions.append(
                "the base model is the one that draws real text: generations begin from the truth, "
                    + "and can only lose it.")
        }
        return cautions
    }

    package var remarks: [String] {
        [try? exposure()?.remark].compactMap(\.self)
    }
}

extension LanguageSetting {
    package func measuredOn(in seedData: LanguageData) -> String? {
        let text =
            switch realText {
            case .corpus(let name):
                "the \(evaluation.split.rawValue) split of \(name)"
                    + (evaluation.documents.map { ", the first \($0) documents" } ?? "")
            case .model(let truth): drawnText(truth)
            }
        return "\(text) as "
            + "\(seedData.heldOut.dataset.tokens.count) tokens of a vocabulary of "
            + "\(seedData.tokenizer.vocabularyCount), and \(seedData.real.sampleSize) tokens of samples"
    }

    /// The held-out text that a truth draws, in words.
    private func drawnText(_ truth: TruthSpecification) -> String {
        "\(evaluation.documents ?? TruthText.standardCount) documents, the same for all seeds, that "
            + "\(truthModel?.title ?? "the truth") draws at temperature "
            + "\(truth.temperature)"
            + (truth.maximumDocumentLength.map { ", cut after \($0) tokens," } ?? "")
            + (evaluation.split == .test ? "" : " for validation")
    }

    /// Which text says what, and what was left out.
    package var notes: [String] {
        let split =
            switch realText {
            case .corpus: "Held-out text is the \(evaluation.split.rawValue) split"
            case .model(let truth):
                "Real text is what a model draws, so that the truth is known: held-out text is "
                    + drawnText(truth)
            }
        let choice = choice.map { ", and \($0) on the validation split" } ?? ""
        let left = SampleMetricGroup.allCases.filter {
            $0 != .all && !metricGroups.contains($0)
        }
        guard !left.isEmpty else { return ["\(split)\(choice)."] }
        return [
            "\(split)\(choice).",
            "Of what can be measured \(left.map(\.rawValue).joined(separator: ", ")) "
                + "\(left.count == 1 ? "was" : "were") left out (metrics: all).",
        ]
    }
}
