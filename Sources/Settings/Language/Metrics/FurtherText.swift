import Collapse
import Text

/// Scores on the held-out text of further corpora, which the loop never trains on: how far what a
/// model forgets of its own domain is what it forgets of others (domain shift, Kovac et al. 2025).
enum FurtherText {
    /// What is measured on each, beside its own name for it.
    private static let measured = [
        HeldOutScore.natsPerToken, HeldOutScore.natsPerTokenInterval.low,
        HeldOutScore.natsPerTokenInterval.high, HeldOutScore.perplexity, HeldOutScore.bitsPerByte,
        HeldOutScore.bitsPerByteInterval.low, HeldOutScore.bitsPerByteInterval.high,
        HeldOutScore.unknownRate, HeldOutScore.zeroProbabilityShare,
    ]

    static func metrics(on corpus: String) -> [MetricDeclaration] {
        measured.map { metric in
            var metric = metric
            metric.name = name(of: metric.name, on: corpus)
            metric.title += " on \(corpus)"
            // What a truth makes of its own text says nothing of another.
            metric.reference = nil
            metric.help = "\(metric.help) On the held-out text of the corpus \(corpus)."
            return metric
        }
    }

    static func panel(on corpora: [String]) -> PanelDeclaration {
        PanelDeclaration(
            section: "Perplexity", title: "Other held-out text",
            metrics: corpora.flatMap { Array(metrics(on: $0).prefix(1)) })
    }

    /// Those of a held-out score's values that are measured here, under the names that they have here.
    static func values(_ values: [MetricValue], on corpus: String) -> [MetricValue] {
        let wanted = Set(measured.map(\.name))
        return values.filter { wanted.contains($0.name) }.map {
            MetricValue(name(of: $0.name, on: corpus), $0.value)
        }
    }

    private static func name(of metric: String, on corpus: String) -> String {
        "also.\(corpus).\(metric.split(separator: ".").dropFirst().joined(separator: "."))"
    }
}
