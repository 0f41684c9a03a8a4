import Text

/// What the text of a seed cannot show.
extension LanguageSetting {
    package func cautions(in seedData: LanguageData, sampleSizes: [Int]) -> [String] {
        let heldOut = seedData.heldOut.dataset
        let real = seedData.real
        var cautions: [String] = []
        if let least = sampleSizes.min(), least < real.sampleSize {
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
        let events = heldOut.tokens.count + heldOut.documentCount
        if events < evaluation.contexts {
            cautions.append(
                "held-out text has \(events) contexts and evaluation.contexts asks for "
                    + "\(evaluation.contexts), so that no next-token distributions are compared: lower "
                    + "it.")
        }
        if seedData.secondSample() == nil {
            cautions.append(
                "the train split has less than twice the tokens of generation 0, so that no model of "
                    + "a second real sample can be fitted: what is measured with that "
                    + "(samples.reference_*, the divergence frontier, divergences between real "
                    + "samples) is left out: lower sample-size, or give more text.")
        }
        let longest = (0..<heldOut.documentCount).map { heldOut.range(ofDocument: $0).count }.max()
        if let context = evaluation.window.context, let longest, context > longest + 1 {
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
        return cautions
    }
}

extension LanguageSetting {
    /// Which text says what, and what was left out.
    package var notes: [String] {
        let split = "Held-out text is the \(evaluation.split.rawValue) split"
        let choice = choice.map { ", and \($0) on the validation split" } ?? ""
        let left = SampleMetricGroup.allCases.filter {
            $0 != .all && $0 != .standard && !metricGroups.contains($0)
        }
        guard !metricGroups.contains(.all), !left.isEmpty else { return ["\(split)\(choice)."] }
        return [
            "\(split)\(choice).",
            "Of what can be measured \(left.map(\.rawValue).joined(separator: ", ")) "
                + "\(left.count == 1 ? "was" : "were") left out (metrics: all).",
        ]
    }
}
