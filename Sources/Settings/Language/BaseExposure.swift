import Text

/// Whether a base model has read the text that it is measured on, as far as that can be told: then
/// its figures would be of its memory.
enum BaseExposure {
    /// What the held-out text shares with what the base was trained on.
    case known(CorpusStatistics.Overlap, trainedOn: String)
    /// What it was trained on is known, and was not held against this held-out text.
    case unmeasured(trainedOn: String)
    /// Nothing is known of what it was trained on.
    case unknown

    /// A warning, where the base may have read the text.
    var caution: String? {
        switch self {
        case .known(let overlap, let corpus):
            guard overlap.sharedGrams > 0 else { return nil }
            return
                "the base model may have read held-out text: \(Self.words(overlap)) occur in what "
                + "it was trained on (\(corpus)), in \(overlap.touchedDocuments) of "
                + "\(overlap.documents) documents."
        case .unmeasured(let corpus):
            return "the base model may have read the held-out text: what it was trained on "
                + "(\(corpus)) was not held against this text. \(Self.remedy)"
        case .unknown:
            return "the base model may have read the held-out text: nothing tells what it was "
                + "trained on. \(Self.remedy)"
        }
    }

    /// What speaks for the base, where it has not read the text.
    var remark: String? {
        guard case .known(let overlap, let corpus) = self, overlap.sharedGrams == 0 else {
            return nil
        }
        return
            "Of \(overlap.grams) runs of \(CorpusStatistics.gramLength) words of the whole "
            + "\(overlap.split.rawValue) split "
            + "none occurs in what the base model was trained on (\(corpus))."
    }

    private static func words(_ overlap: CorpusStatistics.Overlap) -> String {
        "\(overlap.sharedGrams) of its \(overlap.grams) runs of \(CorpusStatistics.gramLength) words"
    }

    private static let remedy =
        "Where the text is at hand, `corpus overlap --json` measures that, and its output beside the "
        + "model as \(TrainingText.fileName) tells it."
}
