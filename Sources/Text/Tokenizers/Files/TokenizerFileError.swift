/// Why a tokenizer file cannot be used: which file, what is wrong, what to do.
package struct TokenizerFileError: Error, Hashable, CustomStringConvertible {
    /// What is wrong; paths are those of fields in the JSON.
    package enum Kind: Sendable, Hashable {
        /// The text is not JSON.
        case malformed(line: Int, column: Int, problem: String)
        /// A field is absent or has a value of the wrong kind.
        case invalidField(path: String, problem: String)
        /// No token of the file is known to stand between documents; `candidates` are its special
        /// tokens.
        case noBoundary(candidates: [String])
        /// What lies there is no tokenizer, or a part of one.
        case notATokenizer(problem: String)
        /// A component that exists elsewhere but not here.
        case unsupported(path: String, component: String)
        /// The parts are well formed but do not fit together.
        case inconsistent(problem: String)
    }

    /// What is wrong.
    package var kind: Kind
    /// The file, or another name for where the bytes came from.
    package var file: String

    package init(_ kind: Kind, file: String) {
        self.kind = kind
        self.file = file
    }

    /// Whether the file is sound, but of a tokenizer that cannot be used here.
    package var isOfOtherKind: Bool {
        switch kind {
        case .unsupported, .noBoundary: true
        case .malformed, .invalidField, .inconsistent, .notATokenizer: false
        }
    }

    package var description: String {
        switch kind {
        case .malformed(let line, let column, let problem):
            "\(file):\(line):\(column): \(problem); the file is damaged or no JSON: write it again"
        case .invalidField(let path, let problem):
            "\(file): \(path) \(problem); the file is damaged or of another kind"
        case .noBoundary(let candidates):
            candidates.isEmpty
                ? "\(file): added_tokens has no special token <|endoftext|>, which stands between documents, nor "
                    + "another: add one, or name a token with --boundary"
                : "\(file): added_tokens has no special token <|endoftext|>, which stands between documents: choose "
                    + "one of \(candidates.joined(separator: ", ")) with --boundary"
        case .notATokenizer(let problem): "\(file): \(problem)"
        case .unsupported(let path, let component):
            "\(file): \(path) is \(component), which is not supported; "
                + "use a byte-level BPE tokenizer without it"
        case .inconsistent(let problem):
            "\(file): \(problem); the file is damaged: write it again"
        }
    }
}
