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
                """)

        @OptionGroup var model: ModelArguments

        @Option(help: "What the tokens of the text are; see `collapselab ngram --help`.")
        var tokenizer: TextTokenizer = .whitespace

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
            var perplexity: Double
            var perplexityWithoutUnknown: Double
        }

        func run() throws {
            try reportingErrors {
                let pool = model.parallel.pool
                let model = try model.model(pool: pool)
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
                if tokenizer == .whitespace {
                    total = try model.score(try BlockReader.text(file), pool: pool, sentence: note)
                } else {
                    let (dataset, spellings) = try tokenizer.sentences(of: file)
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
                            perplexity: score.perplexity,
                            perplexityWithoutUnknown: score.perplexityWithoutUnknown)))
            }
            try printLine("sentences                   \(sentences)")
            try printLine("tokens, ends included       \(score.tokens)")
            try printLine("unknown tokens              \(score.unknownTokens)")
            try printLine("log10 probability           \(score.log10Probability)")
            try printLine("perplexity                  \(score.perplexity)")
            try printLine(
                "perplexity without unknown  \(score.perplexityWithoutUnknown)")
        }
    }
}
