import ArgumentParser
import Foundation
import Support
import Text

extension CollapseLab.TokenizerCommand {
    /// `collapselab tokenizer encode`
    struct TokenizerEncode: ParsableCommand {
        /// Where documents end.
        enum Documents: String, ExpressibleByArgument, CaseIterable {
            case none, lines
        }

        static let configuration = CommandConfiguration(
            commandName: "encode", abstract: "Turn a text into a token file.",
            discussion: """
                The file is read in blocks, so that it may be larger than memory. --documents lines ends a document, \
                and puts the boundary, at every line end, which is not encoded itself.
                """)

        @Option(name: .shortAndLong, help: "The tokenizer's file or folder.")
        var tokenizer: String

        @Option(
            name: .shortAndLong,
            help:
                "The token file to write; its description is NAME.json. - is standard output: ids alone."
        )
        var output: String

        @Option(help: "Where documents end: none (one text) or lines.")
        var documents: Documents = .none

        @Option(
            help:
                "The token that stands between documents, where the file has none of a usual name.")
        var boundary: String?

        @Flag(
            help:
                "Take the spelling of a special token in the text for that token, as `tokenizers` does."
        )
        var recognizeSpecial = false

        @Argument(help: "A text; - is standard input.")
        var file: String

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                let tokenizer = try CollapseLab.TokenizerCommand.read(
                    tokenizer, boundary: boundary)
                var stream = makeStream(tokenizer)
                var writer = try TokenOutput(
                    output, vocabulary: .init(of: tokenizer), hasDocuments: documents == .lines)
                var tokens: [UInt32] = []
                var isInLine = false
                // A CR that may belong to the line's end.
                var hasReturn = false
                func append(_ part: ArraySlice<UInt8>) {
                    guard !part.isEmpty else { return }
                    if hasReturn { stream.append([0x0D], to: &tokens) }
                    hasReturn = part.last == 0x0D
                    let certain = hasReturn ? part.dropLast() : part
                    if !certain.isEmpty { stream.append(Array(certain), to: &tokens) }
                }
                try forEachBlock(of: file, "encoding") { block in
                    tokens.removeAll(keepingCapacity: true)
                    guard documents == .lines else {
                        stream.append(block, to: &tokens)
                        return try writer.append(tokens)
                    }
                    var rest = block[...]
                    while let end = rest.firstIndex(of: 0x0A) {
                        append(rest[..<end])
                        hasReturn = false
                        stream.finish(to: &tokens)
                        writer.endDocument(in: &tokens)
                        rest = rest[(end + 1)...]
                        isInLine = false
                    }
                    append(rest)
                    if !rest.isEmpty { isInLine = true }
                    try writer.append(tokens)
                }
                tokens.removeAll()
                if hasReturn { stream.append([0x0D], to: &tokens) }
                stream.finish(to: &tokens)
                if isInLine { writer.endDocument(in: &tokens) }
                try writer.append(tokens)
                try writer.commit()
            }
        }

        private func makeStream(_ tokenizer: any Tokenizer) -> any TokenizerStream {
            if recognizeSpecial, let bytePair = tokenizer as? BytePairTokenizer {
                return bytePair.makeStreamRecognizingAddedTokens()
            }
            return tokenizer.makeStream()
        }
    }
}
