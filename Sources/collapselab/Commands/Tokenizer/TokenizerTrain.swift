import ArgumentParser
import Foundation
import Support
import Text

extension CollapseLab.TokenizerCommand {
    /// `collapselab tokenizer train`
    struct TokenizerTrain: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train", abstract: "Learn a vocabulary from text files.",
            discussion: """
                Byte-level BPE learns what Hugging Face's BpeTrainer learns from the same text, and is written as \
                a tokenizer.json that `tokenizers` and transformers load. Files are read in blocks: memory grows \
                with the distinct words, not with the text.
                """)

        @Option(help: "bpe, word, character or byte.")
        var kind: TokenizerKind = .bpe

        @Option(
            ifGiven: CommandKeys.count(
                "vocabulary",
                "The most ids, special tokens included (default: 4096 for bpe, else no limit)."))
        var vocabulary: Int?

        @Option(ifGiven: CommandKeys.count("minimum-count", "How often an entry must occur."))
        var minimumCount: Int?

        @Option(
            help: ArgumentHelp(
                "bpe only: how text is cut before merging: "
                    + "\(PreTokenization.names.joined(separator: ", "))."))
        var pattern = "gpt2"

        @Flag(name: .customLong("lower-case"), help: "word only: ignore letter case.")
        var lowercased = false

        @Option(name: .shortAndLong, help: "The file to write.")
        var output: String

        @Argument(help: "UTF-8 texts; - is standard input.")
        var files: [String]

        func validate() throws {
            guard PreTokenization(name: pattern) != nil else {
                throw ValidationError(
                    "--pattern must be one of \(PreTokenization.names.joined(separator: ", ")).")
            }
            let smallest = TokenizerTrainer.minimumVocabularyCount(of: kind)
            if let vocabulary, vocabulary < smallest {
                throw ValidationError(
                    "--vocabulary must be at least \(smallest) for a \(kind.rawValue) tokenizer.")
            }
            guard !files.isEmpty else { throw ValidationError("Give at least one FILE.") }
        }

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                var training = TokenizerTrainer(
                    kind: kind, vocabularyCount: vocabulary, minimumCount: minimumCount,
                    lowercased: lowercased,
                    preTokenization: PreTokenization(name: pattern) ?? .gpt2
                ).begin()
                for file in files {
                    try forEachBlock(of: file, "reading \(file)") { training.append($0.span) }
                    training.endDocument()
                }
                let tokenizer = training.finish()
                try AtomicFile.write(tokenizer.serialized(), to: output)
                try printLine(
                    "\(output): \(kind.rawValue), \(tokenizer.vocabularyCount) ids")
                if let vocabulary, tokenizer.vocabularyCount < vocabulary, kind != .byte {
                    warn("The text has entries for \(tokenizer.vocabularyCount) ids only.")
                }
            }
        }
    }
}
