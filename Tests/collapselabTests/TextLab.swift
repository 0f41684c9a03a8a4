import TestSupport

/// A root of its own with an imported text, and an experiment on it that takes no time.
struct TextLab {
    let program: Program
    var folder: TemporaryFolder { program.folder }

    init() throws {
        program = try Program()
        try folder.write("", "models/.keep")
        try folder.write("", "corpora/.keep")
        try importText(shift: 0)
        try folder.write(
            """
            name: small
            setting: language
            corpus: mine
            tokenizer: {kind: word, minimum-count: 1}
            model: {kind: ngram, order: 2, smoothing: witten-bell}
            sampling: {maximum-document-length: 60}
            evaluation: {bootstrap: 20}
            sample-size: 1500
            generations: 2
            seeds: 0..1
            arms:
              replace: {workflow: replace}
              accumulate: {workflow: accumulate}
            """, "e.yaml")
    }

    /// Imports 600 made-up paragraphs under the name `mine`; another shift makes others of them.
    func importText(shift: Int) throws {
        let paragraphs = (0..<600).map { paragraph in
            (0..<20).map { "word\((paragraph * 7 + $0 * $0 + shift) % 41)" }.joined(separator: " ")
                + " \(paragraph)."
        }
        try folder.write(paragraphs.joined(separator: "\n\n"), "text.txt")
        let outcome = try program(
            "corpus", "import", "text.txt", "--name", "mine", "--documents", "blocks", "--replace")
        guard outcome.status == 0 else { throw Failure(description: outcome.errors) }
    }

    /// The content of every file below a folder of the lab, but for the log and the lock.
    func contents(of name: String) throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for file in folder.files(below: name) where !["events.jsonl", ".lock"].contains(file) {
            contents[file] = try folder.bytes("\(name)/\(file)")
        }
        return contents
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}
