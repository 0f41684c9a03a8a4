import ArgumentParser
import Foundation
import Support
import Text

extension CollapseLab.TokenizerCommand {
    /// `collapselab tokenizer inspect`
    struct TokenizerInspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect",
            abstract: "Say what a tokenizer is, and how it cuts a text.")

        @Argument(help: "The tokenizer's file or folder.")
        var tokenizer: String

        @Argument(help: "A text to cut.")
        var text: String?

        @Option(
            help:
                "The token that stands between documents, where the file has none of a usual name.")
        var boundary: String?

        @Flag(help: "Print JSON.")
        var json = false

        private struct Description: Encodable {
            struct Token: Encodable {
                var id: UInt32
                var text: String
            }

            var kind: String
            var vocabulary: Int
            var boundary: Token
            @OrNull var unknown: Token?
            var lossless: Bool
            @OrNull var pattern: String?
            @OrNull var merges: Int?
            @OrNull var added: [Token]?
            var sha256: String
            @OrNull var tokens: [Token]?
        }

        func run() throws {
            try reportingErrors {
                let tokenizer = try CollapseLab.TokenizerCommand.read(
                    tokenizer, boundary: boundary)
                let description = describe(tokenizer)
                guard !json else { return try printLine(jsonText(description)) }
                try printLine("kind        \(description.kind)")
                try printLine("vocabulary  \(description.vocabulary)")
                try printLine("boundary    \(shown(description.boundary))")
                if let unknown = description.unknown {
                    try printLine("unknown     \(shown(unknown))")
                }
                try printLine("lossless    \(description.lossless ? "yes" : "no")")
                if let pattern = description.pattern {
                    try printLine("pattern     \(pattern)")
                }
                if let merges = description.merges {
                    try printLine("merges      \(merges)")
                }
                if let added = description.added {
                    try printLine(
                        "added       \(added.map(shown).joined(separator: " "))")
                }
                try printLine("sha256      \(description.sha256)")
                if let tokens = description.tokens {
                    try StandardOutput.write(tokens.map { shown($0) + "\n" }.joined())
                }
            }
        }

        private func shown(_ token: Description.Token) -> String {
            "\(token.id) \(token.text.debugDescription)"
        }

        private func describe(_ tokenizer: any Tokenizer) -> Description {
            func token(_ id: UInt32) -> Description.Token {
                .init(id: id, text: String(decoding: tokenizer.spelling(of: id), as: UTF8.self))
            }
            let bytePair = tokenizer as? BytePairTokenizer
            return Description(
                kind: tokenizer.kind.rawValue, vocabulary: tokenizer.vocabularyCount,
                boundary: token(tokenizer.documentBoundary),
                unknown: tokenizer.unknown.map(token), lossless: tokenizer.isLossless,
                pattern: bytePair?.preTokenization.description, merges: bytePair?.merges.count,
                added: bytePair?.addedTokens.map {
                    .init(id: $0.id, text: String(decoding: $0.content, as: UTF8.self))
                },
                sha256: TokenFileDescription.Vocabulary(of: tokenizer).sha256,
                tokens: text.map { tokenizer.encode(Array($0.utf8)).map(token) })
        }
    }
}
