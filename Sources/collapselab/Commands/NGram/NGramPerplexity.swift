import ArgumentParser
import Compute
import Foundation
import LanguageModels
import Support
import Text

extension CollapseLab.NGramCommand {
    /// `collapselab ngram perplexity`
    struct NGramPerplexity: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "perplexity", abstract: "Score a text with a model.",
            discussion: """
                The figures are those of KenLM's query: every sentence's end is an event; words outside the \
                vocabulary count as <unk> and are also left out of a second perplexity.

                A stored model of a run brings its tokenizer, and a line is a document: of the held-out documents \
                the nats per token are the run's heldout.nats_per_token (or, where it scores smoothed models, its \
                heldout.unsmoothed_nats_per_token).
                """)

        @OptionGroup var model: ModelArguments

        @Option(
            help:
                "What the tokens of the text are; see `collapselab ngram --help` (default: a stored model's own, else whitespace)."
        )
        var tokenizer: TextTokenizer?

        @Flag(help: "Print a line for each sentence: log10 probability, tokens, unknown tokens.")
        var perSentence = false

        @Flag(help: "Print JSON.")
        var json = false

        @Argument(help: "A text, a sentence a line; - is standard input.")
        var file: String

        private struct Report: Encodable {
            var sentences: Int
            var tokens: Int
            var unknownTokens: Int
            var log10Probability: Double
            var natsPerToken: Double
            var perplexity: Double
            var perplexityWithoutUnknown: Double
        }

        func run() throws {
            try reportingErrors {
                let pool = model.parallel.pool
                let opened = try model.model(pool: pool)
                let model = opened.model
                var sentences = 0
                var lines = ""
                func note(_ score: NGramTextScore) throws(FileError) {
                    sentences += 1
                    guard perSentence else { return }
                    lines += "\(score.log10Probability)\t\(score.tokens)\t\(score.unknownTokens)\n"
                    if lines.utf8.count > 1 << 16 {
                        try StandardOutput.write(lines)
                        lines = ""
                    }
                }
                let total: NGramTextScore
                if (tokenizer ?? (opened.tokenizer == nil ? .whitespace : nil)) == .whitespace {
                    total = try model.score(try BlockReader.text(file), pool: pool, sentence: note)
                } else {
                    let (dataset, spellings) = try opened.sentences(of: file, by: tokenizer)
                    total = try model.score(dataset, spelledBy: spellings, document: note)
                }
                try StandardOutput.write(lines)
                try report(total, sentences: sentences)
            }
        }

        private func report(_ score: NGramTextScore, sentences: Int) throws {
            guard !json else {
                return try printLine(
                    jsonText(
                        Report(
                            sentences: sentences, tokens: score.tokens,
                            unknownTokens: score.unknownTokens,
                            log10Probability: score.log10Probability,
                            natsPerToken: score.natsPerToken, perplexity: score.perplexity,
                            perplexityWithoutUnknown: score.perplexityWithoutUnknown)))
            }
            try printLine("sentences                   \(sentences)")
            try printLine("tokens, ends included       \(score.tokens)")
            try printLine("unknown tokens              \(score.unknownTokens)")
            try printLine("log10 probability           \(score.log10Probability)")
            try printLine("nats per token              \(score.natsPerToken)")
            try printLine("perplexity                  \(score.perplexity)")
            try printLine(
                "perplexity without unknown  \(score.perplexityWithoutUnknown)")
        }
    }
}
