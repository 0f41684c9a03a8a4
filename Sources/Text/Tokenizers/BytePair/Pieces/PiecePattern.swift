/// A regular expression of the field that cuts text into pieces; ``PieceCutter`` implements each by
/// hand.
package enum PiecePattern: String, CaseIterable, Sendable {
    /// GPT-2's: contractions, words, numbers and symbols, each with the space before it.
    case gpt2
    /// GPT-4's (`cl100k_base`), also Llama 3's: at most three digits, any one symbol before a word,
    /// line ends with the symbols before them.
    ///
    /// This is the published form. Today's tiktoken has an abbreviation that differs where white
    /// space with a line end in it ends the text; with `cl100k_base`'s own vocabulary the ids are
    /// the same.
    case cl100k
    /// Qwen 2's: as ``cl100k``, but every digit by itself.
    case qwen2
    /// Nanochat's: as ``cl100k``, but at most two digits.
    case nanochat

    /// The expression as a `tokenizer.json` has it.
    var expression: String { spellings[0] }

    /// The pattern of an expression, for the spellings in circulation.
    init?(expression: String) {
        guard let found = Self.allCases.first(where: { $0.spellings.contains(expression) }) else {
            return nil
        }
        self = found
    }

    /// Expressions that match alike; the first is the one that is written.
    private var spellings: [String] {
        switch self {
        case .gpt2:
            let rest = #"| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
            return ["'s|'t|'re|'ve|'m|'ll|'d" + rest, "'(?:[sdmt]|ll|ve|re)" + rest]
        case .cl100k: return Self.spellings(numbers: #"\p{N}{1,3}"#)
        case .qwen2: return Self.spellings(numbers: #"\p{N}"#)
        // Nanochat writes the possessive form.
        case .nanochat: return Self.spellings(numbers: #"\p{N}{1,2}"#).reversed()
        }
    }

    /// The forms of GPT-4's pattern: the published one, and one that never goes back.
    private static func spellings(numbers: String) -> [String] {
        [
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers
                + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
            #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|"# + numbers
                + #"| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"#,
        ]
    }
}
