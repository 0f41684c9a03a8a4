import ArgumentParser
import Compute
import Foundation
import LanguageModels
import Text

extension CollapseLab.NGramCommand {
    /// `collapselab ngram sample`
    struct NGramSample: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sample", abstract: "Write text drawn from a model.",
            discussion: """
                One sentence a line, words between blanks; with --tokenizer, and from a stored model of a run, the \
                text itself. The same seed gives the same text, whatever the number of workers.
                """)

        @OptionGroup var model: ModelArguments

        @Option(
            CommandKeys.count(
                "tokens", from: 0, "How many tokens to draw; the last sentence is cut to fit."))
        var tokens: Int

        @Option(CommandKeys.seed)
        var seed = 0

        @Option(
            Temperature.key,
            help: "Probabilities are raised to 1 / temperature; 0 takes the most probable.")
        var temperature = 1.0

        @Option(TopK.key, help: "Draw from the k most probable tokens only.")
        var topK: Int? = nil

        @Option(
            TopP.key,
            help: "Draw from the most probable tokens that together reach this probability.")
        var topP: Double? = nil

        @Option(CommandKeys.count("maximum-length", "Where a sentence is cut that does not end."))
        var maximumLength = 1_000

        @Flag(help: "Draw <unk> like any word.")
        var unknown = false

        @Option(help: "Write text through this tokenizer.json, whose tokens the model's are.")
        var tokenizer: String?

        @Option(name: .shortAndLong, help: "Where the text goes; - is standard output.")
        var output = "-"

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                let pool = model.parallel.pool
                let opened = try model.model(pool: pool)
                let model = opened.model
                let options = NGramSamplingOptions(
                    maximumDocumentLength: maximumLength, temperature: temperature, topK: topK,
                    topP: topP, forbidden: unknown ? nil : model.vocabulary.unknown)
                let sample = try model.model.sample(
                    until: tokens, options: options,
                    key: RandomKey(seed: UInt64(seed), purpose: .sample),
                    pool: pool)
                let spell = try speller(opened)
                var output = try OutputFile(output)
                var text: [UInt8] = []
                for document in 0..<sample.dataset.documentCount {
                    spell(sample.dataset.document(document), &text)
                    text.append(0x0A)
                    guard text.count > 1 << 20 else { continue }
                    try output.write(text)
                    text.removeAll(keepingCapacity: true)
                }
                try output.write(text)
                try output.commit()
            }
        }

        private func speller(
            _ opened: OpenedNGramModel
        ) throws -> (ArraySlice<UInt32>, inout [UInt8]) -> Void {
            let vocabulary = opened.model.vocabulary
            guard let tokenizer else {
                if let own = opened.tokenizer {
                    return { tokens, text in text += own.decode(tokens) }
                }
                return { tokens, text in
                    for (index, token) in tokens.enumerated() {
                        if index > 0 { text.append(0x20) }
                        text += vocabulary[token]
                    }
                }
            }
            let decoder = try CollapseLab.TokenizerCommand.read(tokenizer)
            let spellings = TokenSpellings(decoder)
            let tokens = try (0..<UInt32(vocabulary.count)).map { id in
                if id == vocabulary.boundary { return decoder.documentBoundary }
                guard let token = spellings.token(vocabulary[id]) else {
                    // ARPA files have <unk> whether the tokenizer has it or not; the boundary
                    // decodes to nothing.
                    if id == vocabulary.unknown { return decoder.documentBoundary }
                    let word = String(decoding: vocabulary[id], as: UTF8.self)
                    throw WrongInput(
                        "the model's token \"\(word)\" is none of \(tokenizer)'s: give the tokenizer "
                            + "that the model was trained with.")
                }
                return token
            }
            return { document, text in
                text += decoder.decode(document.map { tokens[Int($0)] })
            }
        }
    }
}
