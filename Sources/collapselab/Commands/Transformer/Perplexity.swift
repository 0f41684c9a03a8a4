import ArgumentParser
import Compute
import Foundation
import LanguageModels
import Support
import Text

extension CollapseLab {
    /// `collapselab perplexity`
    struct Perplexity: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Score a token file with a transformer.",
            discussion: """
                Every token and every document's end is predicted once, from the boundary before its document on. \
                What is longer than --context is covered by windows that move by --stride.
                """)

        /// Whether windows may hold several documents.
        enum Windows: String, ExpressibleByArgument, CaseIterable {
            case documents, packed
        }

        @Option(help: "The model: a Hugging Face directory, or \(StoredModel.address).")
        var model: String

        @Option(help: "The token file to score.")
        var tokens: String

        @Option(
            ifGiven: CommandKeys.count(
                "context", "Tokens of a window (default: the model's context)."))
        var context: Int?

        @Option(
            ifGiven: CommandKeys.count(
                "stride", "How far windows move (default: half the context)."))
        var stride: Int?

        @Option(
            help:
                "documents: windows of its own for each; packed: documents end to end, each seen by the next."
        )
        var windows: Windows = .documents

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var parallel: WorkerArguments

        private struct Result: Encodable {
            var documents: Int
            var events: Int
            var nats: Double
            var natsPerToken: Double
            var perplexity: Double
            @OrNull var bytes: Int?
            @OrNull var bitsPerByte: Double?
            var seconds: Double
        }

        func run() throws {
            try reportingErrors {
                let folder = try TransformerFolder(model)
                let data = try folder.tokens(tokens)
                let boundary = data.description.vocabulary.boundary
                let clock = ContinuousClock()
                let start = clock.now
                let scores = try TransformerScorer(
                    folder.model, contextLength: context, stride: stride,
                    windows: windows == .packed ? .packed(.window) : .perDocument
                ).score(data.dataset, boundary: boundary, pool: parallel.pool)
                let seconds = (clock.now - start) / .seconds(1)
                let summary = PerplexitySummary(scores: scores, of: data.dataset)
                let bytes = folder.folder.tokenizer.map { byteCount(data.dataset, $0) }
                try report(
                    Result(
                        documents: summary.documents, events: summary.events, nats: summary.nats,
                        natsPerToken: summary.natsPerToken, perplexity: summary.perplexity,
                        bytes: bytes,
                        bitsPerByte: bytes.flatMap {
                            $0 > 0 ? summary.nats / (Double($0) * Elementary.log(2)) : nil
                        }, seconds: seconds))
            }
        }

        private func byteCount(_ dataset: TokenDataset, _ tokenizer: any Tokenizer) -> Int {
            (0..<dataset.documentCount).reduce(0) {
                $0 + tokenizer.decode(dataset.document($1)).count
            }
        }

        private func report(_ result: Result) throws {
            guard !json else { return try printLine(jsonText(result)) }
            try printLine("documents             \(result.documents)")
            try printLine("tokens, ends included \(result.events)")
            try printLine("nats per token        \(result.natsPerToken)")
            try printLine("perplexity            \(result.perplexity)")
            if let bits = result.bitsPerByte {
                try printLine("bits per byte         \(bits)")
            }
        }
    }
}
