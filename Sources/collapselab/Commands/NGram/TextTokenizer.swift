import ArgumentParser
import LanguageModels
import Support
import Text

/// What the tokens of a text are, as `--tokenizer` names it.
enum TextTokenizer: ExpressibleByArgument, Equatable {
    case whitespace, bytes, characters, words
    case file(String)

    init?(argument: String) {
        switch argument {
        case "whitespace": self = .whitespace
        case "bytes": self = .bytes
        case "characters": self = .characters
        case "words": self = .words
        default: self = .file(argument)
        }
    }

    /// The tokenizer. That of characters or words is made of the text itself: every one has a
    /// token.
    private func tokenizer(for lines: [[UInt8]]) throws -> any Tokenizer {
        switch self {
        case .bytes: ByteTokenizer()
        case .characters: TokenizerTrainer(kind: .character, minimumCount: 1).train(on: lines)
        case .whitespace, .words:
            TokenizerTrainer(kind: .word, minimumCount: 1).train(on: lines)
        case .file(let path): try CollapseLab.TokenizerCommand.read(path)
        }
    }

    /// The lines of a text as tokens, and how the tokens are spelled in a model's file.
    func sentences(of file: String) throws -> (dataset: TokenDataset, vocabulary: NGramVocabulary) {
        try Self.sentences(of: file, by: tokenizer(for:))
    }

    /// The same by a tokenizer that may be made of the lines.
    static func sentences(
        of file: String, by tokenizer: ([[UInt8]]) throws -> any Tokenizer
    ) throws -> (dataset: TokenDataset, vocabulary: NGramVocabulary) {
        var text: [UInt8] = []
        try forEachBlock(of: file, "reading") { text += $0 }
        if text.last == 0x0A { text.removeLast() }
        let lines =
            text.isEmpty
            ? [] : text.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        let tokenizer = try tokenizer(lines)
        return (tokenizer.encode(documents: lines), try NGramVocabulary(of: tokenizer))
    }
}
