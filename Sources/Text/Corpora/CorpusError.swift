/// Why a corpus cannot be fetched, imported, loaded or used: what was found, where, and what to do.
package struct CorpusError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, with what the message needs to name it.
    package enum Kind: Sendable, Hashable {
        /// No corpus has this name.
        case unknown(name: String, suggestion: String?, choices: [String])
        /// The corpus has a manifest but its text is not here.
        case notFetched(name: String)
        /// The corpus was imported once, but its files are no longer whole.
        case damaged(name: String, problem: String)
        /// A manifest or a record is not as it should be.
        case malformedFile(file: String, position: String, problem: String)
        /// The name cannot be that of a corpus.
        case invalidName(String)
        /// A corpus of that name is there already, with other content.
        case nameTaken(name: String, isShipped: Bool)
        /// A text that is not UTF-8.
        case notUTF8(file: String, byteOffset: Int)
        /// A text with a NUL byte, which no text file has.
        case containsNUL(file: String, byteOffset: Int)
        /// A line of a `.jsonl` file that holds no text.
        case malformedLine(file: String, line: Int, problem: String)
        /// There is nothing to import at the path.
        case nothingToImport(path: String, problem: String)
        /// A split without documents.
        case emptySplit(corpus: String, split: Split, documents: Int)
        /// A split with less text than one context.
        case tooShort(corpus: String, split: Split, characters: Int, contextLength: Int)
        /// A program that is needed is not installed.
        case missingTool(tool: String, package: String)
        /// A package could not be had.
        case packageUnavailable(corpus: String, package: CorpusPackage, reason: String)
        /// A package for a corpus that combines others.
        case noPackage(name: String, corpora: [String])
        /// A file is not the one that the manifest names.
        case wrongSum(what: String, file: String, expected: String, found: String)
        /// A package that cannot be unpacked, or in which the text is not where it should be.
        case malformedPackage(file: String, problem: String)
    }

    /// What went wrong.
    package var kind: Kind

    package init(_ kind: Kind) {
        self.kind = kind
    }

    package var description: String {
        switch kind {
        case .unknown(let name, let suggestion, let choices):
            let hint =
                suggestion.map { "did you mean \($0)?" }
                ?? (choices.isEmpty
                    ? "there are none yet;" : "the corpora are \(choices.joined(separator: ", "));")
            return
                "there is no corpus \(name): \(hint) `collapselab corpus import PATH` adds your own"
        case .notFetched(let name):
            return "the text of corpus \(name) is not here: run `collapselab corpus fetch \(name)`"
        case .damaged(let name, let problem):
            return "corpus \(name) is damaged (\(problem)): fetch it or import it again"
        case .malformedFile(let file, let position, let problem):
            return "\(file): \(position.isEmpty ? "" : position + ": ")\(problem)"
        case .invalidName(let name):
            return "\"\(name)\" cannot name a corpus: use lower-case letters, digits and hyphens, "
                + "beginning with a letter or digit, at most 64"
        case .nameTaken(let name, let isShipped):
            return isShipped
                ? "\(name) is the name of a corpus that can be fetched: choose another name"
                : "there is another corpus \(name) already: choose another name, or replace it"
        case .notUTF8(let file, let byteOffset):
            return "\(file): byte \(byteOffset) is not UTF-8: convert the file first, for example "
                + "with `iconv -f WINDOWS-1252 -t UTF-8`"
        case .containsNUL(let file, let byteOffset):
            return
                "\(file): byte \(byteOffset) is NUL, which text files do not have: if the file is "
                + "text (perhaps UTF-16), convert it to UTF-8, or strip control characters"
        case .malformedLine(let file, let line, let problem):
            return "\(file):\(line): \(problem): every line must be a JSON object with a string "
                + "`text`"
        case .nothingToImport(let path, let problem):
            return
                "\(path): \(problem): give a .txt, .md or .jsonl file, or a folder with such files"
        case .emptySplit(let corpus, let split, let documents):
            return
                "the \(split.rawValue) part of corpus \(corpus) is empty (\(documents) documents "
                + "in all): add text, or cut it into smaller documents"
        case .tooShort(let corpus, let split, let characters, let contextLength):
            return "the \(split.rawValue) part of corpus \(corpus) has \(characters) characters, "
                + "less than one context of \(contextLength): add text, or shorten the context"
        case .missingTool(let tool, let package):
            return "\(tool) is not installed: install the package \(package)"
        case .packageUnavailable(let corpus, let package, let reason):
            let connect =
                package.kind == .debian
                ? "connect to the network and run `apt-get update`" : "connect to the network"
            return "corpus \(corpus) needs \(package.description), which cannot be downloaded "
                + "(\(reason)): \(connect), or get the file elsewhere and run "
                + "`collapselab corpus fetch \(corpus) --package FILE`"
        case .noPackage(let name, let corpora):
            return "corpus \(name) has no package of its own: fetch the corpora that it combines, "
                + "\(corpora.joined(separator: ", ")), and then \(name) without --package"
        case .wrongSum(let what, let file, let expected, let found):
            return "\(file): the SHA-256 of \(what) is \(found), not \(expected): "
                + "it is another version or damaged, and is not used"
        case .malformedPackage(let file, let problem):
            return "\(file): \(problem)"
        }
    }
}
