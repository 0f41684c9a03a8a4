import Collapse
import Support

/// The programs that an experiment starts, as somebody reads them who is to allow it.
package struct ExternalCommands: Sendable {
    /// One of them, with the arms whose data it chooses.
    struct Command: Sendable {
        var call: CommandCall
        var arms: [String]
        /// The files among its words, with what they hold where they were looked at.
        var files: [(title: String, place: String, sha256: String?)]
        /// The words, with the names of files in place of what a specification has of them.
        var words: [String]

        /// What it is called in messages and reports.
        var title: String { words[0] }
    }

    /// In the order in which arms and stages name them, each once.
    let commands: [Command]

    package var isEmpty: Bool { commands.isEmpty }

    /// What allows them: SHA-256 of all programs, arguments and limits, in no order.
    package var hash: String {
        let texts = Set(commands.map(\.call.text)).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        let text = (["collapselab commands 1"] + texts).joined(separator: "\n")
        return SHA256.digest(of: text.utf8).hexadecimal
    }

    /// Finds the programs of some arms.
    ///
    /// - Throws: `SpecificationIssue` below an arm where what is to be started is no program.
    init(
        of arms: [ArmSpecification], _ imports: ImportedFiles,
        locating: (_ arm: String, _ body: () throws -> Void) throws -> Void
    ) throws {
        var found: [Command] = []
        for arm in arms {
            for (stage, _, path) in arm.placedCuration {
                guard let call = stage.command else { continue }
                if let known = found.firstIndex(where: { $0.call.text == call.text }) {
                    if !found[known].arms.contains(arm.name) { found[known].arms.append(arm.name) }
                    continue
                }
                let command = Command(call, arm: arm.name, imports)
                try locating(arm.name) {
                    let inner = stage is RandomLike ? [RandomLike.like.name] : []
                    try command.check(
                        at: path + inner, imports)
                }
                found.append(command)
            }
        }
        commands = found
    }

    // MARK: Words

    /// What would be started, for somebody who is to allow it.
    package var listing: String {
        commands.map(\.listing).joined(separator: "\n")
    }

    /// What is said of an experiment that is not run.
    package var announcement: String {
        "This experiment starts programs when it is run:\n\n\(listing)\n\nTo run it takes "
            + "\(CommandConsent.option) \(hash)\n"
    }

    /// What a paper says of each command: its words, what its files hold, and whose data it chose.
    var facts: [String] {
        commands.map { "\($0.identity); data of \($0.arms.joined(separator: ", "))" }
    }

    /// A sentence for the report of each command.
    package var remarks: [(arms: [String], sentence: String)] {
        commands.map { ($0.arms, $0.remark) }
    }
}

extension CommandCall {
    /// The time limit in seconds, without a fraction where there is none.
    var secondsText: String {
        seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
    }
}

/// Words of a command line as people read them.
private enum CommandWord {
    /// The word, in quotes where it holds more than letters, digits and the marks of paths.
    static func text(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || "/._-+=:,@%".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty
            ? word : JSONText.quoted(word)
    }
}

extension ExternalCommands.Command {
    fileprivate init(_ call: CommandCall, arm: String, _ imports: ImportedFiles) {
        self.call = call
        arms = [arm]
        var files: [(title: String, place: String, sha256: String?)] = []
        words = call.words.map { word in
            if let file = PinnedFile(word) {
                files.append((Self.name(file.path), file.path, file.sha256))
                return file.path
            }
            guard let path = imports.file(of: word) else { return word }
            let name = Self.name(path)
            files.append((name, path, imports.sha256(of: word)))
            return name
        }
        self.files = files
    }

    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Refuses what could not be started, before anything runs.
    fileprivate func check(at key: [String], _ imports: ImportedFiles) throws {
        func refuse(_ message: String) -> SpecificationIssue {
            SpecificationIssue(path: key + ["program", "0"], message: message)
        }
        let program = call.words[0]
        let pinned = PinnedFile(program)
        guard pinned != nil || imports.isName(program) else {
            throw refuse(
                "\(CommandWord.text(program)) is no file beside the experiment: give the path of a "
                    + "program, such as ./filter.py or /usr/bin/python3; it is looked for nowhere else"
            )
        }
        // What a recorded run names may be gone, and its report needs none of it.
        guard imports.wasLookedAt(program), let path = pinned?.path ?? imports.file(of: program)
        else { return }
        if pinned != nil, !ProgramFile.mayExecute(path) {
            throw refuse("\(path) may not be executed by this user: change its permissions")
        }
        guard let problem = try ProgramFile.problem(path) else { return }
        throw refuse("\(path) \(problem)")
    }

    fileprivate var listing: String {
        let limits =
            "at most \(call.secondsText) s a call, \(call.memory >> 20) MiB of memory "
            + "each process, \(call.output >> 20) MiB of output"
        let files = files.map { file in
            "    \(CommandWord.text(file.place))\n        SHA-256 \(file.sha256 ?? "not looked at")"
        }
        return
            (["  " + words.map(CommandWord.text).joined(separator: " ")] + files + [
                "    it \(call.purpose); \(limits)",
                "    in the arms \(arms.joined(separator: ", "))",
            ]).joined(separator: "\n")
    }

    /// The words, with what the files among them hold.
    fileprivate var identity: String {
        let hashes = files.map { file in
            CommandWord.text(file.title)
                + (file.sha256.map { " has the SHA-256 \($0)" } ?? " is not here")
        }
        return words.map(CommandWord.text).joined(separator: " ")
            + (hashes.isEmpty ? "" : ", where \(hashes.joined(separator: " and "))")
    }

    fileprivate var remark: String {
        "an external command chose data: \(identity). That it answers alike every time is up to it; `collapselab verify` repeats its choices "
            + "where it is allowed to."
    }
}
