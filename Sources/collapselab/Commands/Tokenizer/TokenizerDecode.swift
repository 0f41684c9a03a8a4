import ArgumentParser
import Foundation
import Support
import Text

extension CollapseLab.TokenizerCommand {
    /// `collapselab tokenizer decode`
    struct TokenizerDecode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decode", abstract: "Turn a token file back into text.",
            discussion: """
                The text of a file without documents is what was encoded, byte for byte, special tokens included. \
                Documents are written one after another with --separator in between.
                """)

        @Option(name: .shortAndLong, help: "The tokenizer that the ids belong to.")
        var tokenizer: String

        @Option(name: .shortAndLong, help: "Where the text goes; - is standard output.")
        var output = "-"

        @Option(help: "What stands between documents; \\n is a line end.")
        var separator = "\\n"

        @Argument(help: "A token file with its NAME.json; - is ids alone on standard input.")
        var tokens: String

        @Option(
            help:
                "The token that stands between documents, where the file has none of a usual name.")
        var boundary: String?

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                let tokenizer = try CollapseLab.TokenizerCommand.read(
                    tokenizer, boundary: boundary)
                let dataset = try dataset(of: tokenizer)
                let between = Array(separator.replacing("\\n", with: "\n").utf8)
                var output = try OutputFile(output)
                for document in 0..<dataset.documentCount {
                    if document > 0 { try output.write(between) }
                    try output.write(tokenizer.text(of: dataset.document(document)))
                }
                try output.commit()
            }
        }

        private func dataset(of tokenizer: any Tokenizer) throws -> TokenDataset {
            guard tokens != "-" else {
                return try FileSystem.content(of: "/dev/stdin").withUnsafeBytes {
                    try TokenFile.dataset(
                        of: $0, vocabulary: .init(of: tokenizer), file: "standard input")
                }
            }
            let file = try TokenFile(reading: tokens)
            try check(file.description.vocabulary, against: tokenizer)
            return file.dataset
        }

        private func check(
            _ vocabulary: TokenFileDescription.Vocabulary, against tokenizer: any Tokenizer
        ) throws {
            guard vocabulary.sha256 != TokenFileDescription.Vocabulary(of: tokenizer).sha256 else {
                return
            }
            guard vocabulary.count <= tokenizer.vocabularyCount else {
                throw WrongInput(
                    "\(tokens) was made with a tokenizer of \(vocabulary.count) ids, "
                        + "\(self.tokenizer) has \(tokenizer.vocabularyCount): give the other one.")
            }
            warn("\(tokens) was made with another tokenizer than \(self.tokenizer).")
        }
    }
}
