import ArgumentParser
import Compute
import Foundation
import LanguageModels
import Support
import Text

extension CollapseLab {
    /// `collapselab sample`
    struct Sample: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write token sequences drawn from a transformer.",
            discussion: """
                A sequence ends where the model draws the document boundary, or at --length; with \
                --minimum-length equal to it all have that length. The same seed gives the same sequences, \
                whatever the number of workers. Look at them with `collapselab tokenizer decode`.
                """)

        @Option(help: "The model: a Hugging Face directory, or \(StoredModel.address).")
        var model: String

        @Option(CommandKeys.count("sequences", "How many sequences."))
        var sequences: Int

        @Option(CommandKeys.count("length", "The most tokens of a sequence."))
        var length: Int

        @Option(CommandKeys.count("minimum-length", "The least tokens of a sequence."))
        var minimumLength = 1

        @OptionGroup var choice: SamplingArguments

        @Option(
            help:
                "A token file whose documents are continued, in turn; they are not part of the output."
        )
        var prompts: String?

        @Option(CommandKeys.seed)
        var seed = 0

        @Option(
            name: .shortAndLong,
            help:
                "The token file to write; its description is NAME.json. - is standard output: ids alone."
        )
        var output: String

        @Option(
            help: ArgumentHelp(
                "Write the tokens' log-probabilities, in nats: a CSV file of document, position, token, model "
                    + "(at temperature 1) and proposal (what was drawn from).", valueName: "csv"))
        var logProbabilities: String?

        @Option(
            CommandKeys.count(
                "batch-width", "Sequences written side by side; changes no result."))
        var batchWidth = 256

        @Option(
            help: "What factors of products are rounded to: float32 or bfloat16.",
            transform: { word in
                guard let precision = Precision(rawValue: word) else {
                    throw ValidationError("\(word) is neither float32 nor bfloat16")
                }
                return precision
            })
        var precision: Precision = .float32

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var parallel: WorkerArguments

        private struct Result: Encodable {
            var output: String
            var sequences: Int
            var tokens: Int
            var seconds: Double
            var tokensPerSecond: Double
        }

        func validate() throws {
            guard choice.beams == 1 || logProbabilities == nil else {
                throw ValidationError("--log-probabilities is for drawing, not for --beams.")
            }
            guard !(json && output == "-") else {
                throw ValidationError("--json and --output - both write to standard output.")
            }
        }

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                let folder = try TransformerFolder(model)
                // Ids alone need no tokenizer.
                let isPiped = output == "-"
                let vocabulary = isPiped ? folder.vocabulary : try folder.requiredVocabulary()
                let boundary = try folder.requiredBoundary()
                let request = SamplingRequest(
                    .documents(sequences), minimumDocumentLength: minimumLength,
                    maximumDocumentLength: length,
                    prompts: try prompts.map { try documents(folder.tokens($0).dataset) } ?? [],
                    recordsLogProbabilities: logProbabilities != nil)
                let clock = ContinuousClock()
                let start = clock.now
                let samples = try samples(
                    request, of: folder.model, rule: rule(folder.model, vocabulary),
                    boundary: boundary)
                let seconds = (clock.now - start) / .seconds(1)
                if let logProbabilities { try write(samples, to: logProbabilities) }
                let target =
                    if let vocabulary {
                        try TokenOutput(output, vocabulary: vocabulary, hasDocuments: true)
                    } else {
                        try TokenOutput(
                            pipingIdsBelow: folder.model.configuration.vocabularyCount,
                            boundary: boundary)
                    }
                try write(samples.documents, to: target)
                let count = samples.documents.tokens.count
                let rate = Double(count) / seconds
                if json {
                    let result = Result(
                        output: output, sequences: sequences, tokens: count, seconds: seconds,
                        tokensPerSecond: rate)
                    try printLine(jsonText(result))
                } else {
                    let rate = TerminalNumber.significant(rate)
                    note("\(output): \(count) tokens in \(sequences) sequences, \(rate) tokens/s")
                }
            }
        }

        /// Models often have more ids than tokenizers have tokens; these ids mean nothing and are
        /// never drawn.
        private func rule(
            _ model: TransformerModel, _ vocabulary: TokenFileDescription.Vocabulary?
        ) -> SamplingRule {
            var rule = choice.rule
            let count = model.configuration.vocabularyCount
            if let vocabulary, vocabulary.count < count {
                rule.forbidden += UInt32(vocabulary.count)..<UInt32(count)
            }
            return rule
        }

        private func samples(
            _ request: SamplingRequest, of model: TransformerModel, rule: SamplingRule,
            boundary: UInt32
        ) throws -> TransformerSamples {
            let decoding = TransformerSamplingConfiguration(
                batchWidth: batchWidth, precision: precision)
            let (pool, total) = (parallel.pool, sequences)
            var progress = WorkProgress("sampling", total: nil)
            defer { progress.end() }
            func show(_ written: Int) { progress.say("sampling: \(written) of \(total) sequences") }
            guard choice.beams > 1 else {
                return try TransformerSampler(
                    model, boundary: boundary, rule: rule, configuration: decoding
                ).sample(
                    request, key: RandomKey(seed: UInt64(seed), purpose: .sample), pool: pool,
                    progress: show)
            }
            return try BeamSearch(
                model, boundary: boundary,
                configuration: BeamConfiguration(
                    beams: choice.beams, lengthPenalty: choice.lengthPenalty),
                rule: rule, decoding: decoding
            ).search(request, pool: pool, progress: show)
        }

        private func documents(_ dataset: TokenDataset) -> [[UInt32]] {
            (0..<dataset.documentCount).map { Array(dataset.document($0)) }
        }

        private func write(
            _ documents: TokenDataset, to target: consuming TokenOutput
        ) throws {
            var output = target
            for document in 0..<documents.documentCount {
                var tokens = Array(documents.document(document))
                output.endDocument(in: &tokens)
                try output.append(tokens)
            }
            try output.commit()
        }

        private func write(_ samples: TransformerSamples, to path: String) throws {
            var file = try OutputFile(path)
            try file.write(Array("document,position,token,model,proposal\n".utf8))
            for document in 0..<samples.documents.documentCount {
                var text = ""
                for (position, index) in samples.documents.range(ofDocument: document).enumerated()
                {
                    let drawn = samples.logProbabilities[index]
                    text += "\(document),\(position),\(samples.documents.tokens[index]),"
                    text += "\(drawn.model),\(drawn.proposal)\n"
                }
                try file.write(Array(text.utf8))
            }
            try file.commit()
        }
    }
}
