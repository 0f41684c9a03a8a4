import ArgumentParser
import Compute
import Foundation
import LanguageModels
import Support

extension NGramSmoothing: ExpressibleByArgument {}

extension CollapseLab.NGramCommand {
    /// `collapselab ngram train`
    struct NGramTrain: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train", abstract: "Estimate a model from a text and write an ARPA file.",
            discussion: """
                Modified Kneser-Ney gives what KenLM's `lmplz --discount_fallback` gives for the same text, order \
                and pruning. add-k has no back-off form and thus no ARPA file.
                """)

        @Option(
            Key(
                "order", .integer(NGramConfiguration.orders),
                help: "The length of the longest n-grams, 1 to 8."))
        var order: Int

        @Option(help: "modified-kneser-ney, witten-bell or maximum-likelihood.")
        var smoothing: NGramSmoothing = .modifiedKneserNey

        @Option(help: "What the tokens of the text are; see `collapselab ngram --help`.")
        var tokenizer: TextTokenizer = .whitespace

        @Option(help: "The ARPA file to write; - is standard output.")
        var arpa: String

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp(
                "Leave out n-grams seen at most so often, for length 1, 2, ...; the last holds for longer ones.",
                valueName: "count"))
        var prune: [Int] = []

        @Option(
            help: "whitespace only: a file of the words that n-grams may have, one or more a line.")
        var limitVocabulary: String?

        @Flag(
            inversion: .prefixedNo,
            help: "Use fixed discounts where the counts determine none, instead of stopping.")
        var discountFallback = true

        @Flag(help: "whitespace only: skip <s>, </s> and <unk> in the text instead of stopping.")
        var skipSymbols = false

        @OptionGroup var parallel: WorkerArguments

        @Flag(help: "Print JSON.")
        var json = false

        @Argument(help: "A text, a sentence a line; - is standard input.")
        var file: String

        func validate() throws {
            guard smoothing != .addK else {
                throw ValidationError("--smoothing add-k has no ARPA file; choose another.")
            }
        }

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(arpa, option: "--arpa")
                var options = NGramTrainingOptions(
                    configuration: NGramConfiguration(
                        order: order, smoothing: smoothing, countsOfCounts: .lmplz))
                options.pruning = try NGramCountPruning(thresholds: prune)
                options.skipsReservedWords = skipSymbols
                if !discountFallback { options.fallback = nil }
                if let limitVocabulary {
                    options.allowedWords = try FileSystem.content(of: limitVocabulary)
                        .split { $0 == 0x20 || (0x09...0x0D).contains($0) }.map(Array.init)
                }
                var output = try OutputFile(arpa)
                let summary: NGramTrainingSummary
                do {
                    summary = try train(options) { try output.write($0) }
                } catch let error as NGramError {
                    throw WrongInput("\(file): \(error)")
                }
                try output.commit()
                try report(summary)
            }
        }

        private func train(
            _ options: NGramTrainingOptions, _ sink: NGramTrainer.Sink
        ) throws -> NGramTrainingSummary {
            let pool = parallel.pool
            guard tokenizer != .whitespace else {
                let reader = try BlockReader.text(file)
                var progress = WorkProgress("reading", total: FileSystem.size(of: file))
                defer { progress.end() }
                return try NGramTrainer.writeARPA(
                    from: { try reader.next($0) }, options: options, pool: pool,
                    progress: { stage in
                        switch stage {
                        case .reading(let bytes): progress.show(bytes)
                        case .counting: progress.say("counting n-grams")
                        case .linking: progress.say("estimating")
                        case .writing(let order): progress.say("writing \(order)-grams")
                        }
                    }, to: sink)
            }
            let (dataset, vocabulary) = try tokenizer.sentences(of: file)
            return try NGramTrainer.writeARPA(
                from: dataset, vocabulary: vocabulary, options: options, pool: pool, to: sink)
        }

        private struct Report: Encodable {
            struct Order: Encodable {
                var order: Int
                var types: Int
                var kept: Int
                @OrNull var discounts: [Double]?
                @OrNull var discountsAreFallback: Bool?
            }

            var sentences: Int
            var tokens: Int
            var vocabulary: Int
            var orders: [Order]
        }

        private func report(_ summary: NGramTrainingSummary) throws {
            let report = Report(
                sentences: summary.sentenceCount, tokens: summary.tokenCount,
                vocabulary: summary.vocabularyCount,
                orders: summary.orders.map { order in
                    .init(
                        order: order.order, types: order.types, kept: order.kept,
                        discounts: order.discounts.map { [$0.one, $0.two, $0.threeOrMore] },
                        discountsAreFallback: order.discounts.map(\.isFallback))
                })
            // The model may have gone to standard output.
            func say(_ text: String) throws {
                if arpa == "-" { note(text) } else { try printLine(text) }
            }
            guard !json else { return try say(jsonText(report)) }
            try say(
                "\(report.tokens) tokens in \(report.sentences) sentences, vocabulary "
                    + "\(report.vocabulary)")
            for order in report.orders {
                let discounts = order.discounts.map { values in
                    "  discounts "
                        + values.map { TerminalNumber.fixed($0, digits: 4) }.joined(separator: " ")
                        + (order.discountsAreFallback == true ? " (fallback)" : "")
                }
                let kept = order.kept < order.types ? ", \(order.kept) kept" : ""
                try say("\(order.order)-grams: \(order.types)\(kept)\(discounts ?? "")")
            }
        }
    }
}
