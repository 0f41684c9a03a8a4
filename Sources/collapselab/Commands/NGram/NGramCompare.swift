import ArgumentParser
import Compute
import Foundation
import LanguageModels
import Text

extension CollapseLab.NGramCommand {
    /// `collapselab ngram compare`
    struct NGramCompare: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compare",
            abstract: "Compare what two models say, exactly, over the contexts of a text.",
            discussion: """
                Means over every word's and every sentence end's context in the text, in nats: nothing is \
                sampled. The models must know the same words.
                """)

        @OptionGroup var model: ModelArguments

        @Option(name: .customLong("with"), help: "The other model, of any of these forms.")
        var other: String

        @Option(
            help:
                "What the tokens of the text are; see `collapselab ngram --help` (default: a stored model's own, else whitespace)."
        )
        var tokenizer: TextTokenizer?

        @Flag(help: "Print JSON.")
        var json = false

        @Argument(help: "A text, a sentence a line; - is standard input.")
        var file: String

        private struct Report: Encodable {
            var contexts: Int
            var entropy: Double
            var crossEntropy: Double
            var relativeEntropy: Double
            var reverseRelativeEntropy: Double
            var totalVariation: Double
        }

        func run() throws {
            try reportingErrors {
                let pool = model.parallel.pool
                let opened = try model.model(pool: pool)
                let own = opened.model
                let second = try OpenedNGramModel(other, pool: pool).model
                    .ordered(as: own.vocabulary)
                let text = try opened.sentences(of: file, by: tokenizer)
                let dataset = try own.tokens(of: text.dataset, spelledBy: text.vocabulary)
                let forward = own.model.compared(with: second.model, over: dataset, pool: pool)
                let backward = second.model.compared(with: own.model, over: dataset, pool: pool)
                try report(forward, backward.mean)
            }
        }

        private func report(_ forward: NGramComparison, _ backward: NGramDivergence) throws {
            let mean = forward.mean
            guard !json else {
                return try printLine(
                    jsonText(
                        Report(
                            contexts: forward.events.count, entropy: mean.entropy,
                            crossEntropy: mean.crossEntropy,
                            relativeEntropy: mean.relativeEntropy,
                            reverseRelativeEntropy: backward.relativeEntropy,
                            totalVariation: mean.totalVariation)))
            }
            try printLine("contexts                    \(forward.events.count)")
            try printLine("entropy H(p)                \(mean.entropy) nats")
            try printLine("cross-entropy H(p, q)       \(mean.crossEntropy) nats")
            try printLine("KL(p || q)                  \(mean.relativeEntropy) nats")
            try printLine(
                "KL(q || p)                  \(backward.relativeEntropy) nats")
            try printLine("total variation             \(mean.totalVariation)")
        }
    }
}
