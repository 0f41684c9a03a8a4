import Collapse
import Glibc
import Support

/// Starts the programs that choose data, each call in an empty folder of its own.
final class CommandProcess: CommandExecutor {
    private let imports: ImportedFiles

    init(_ imports: ImportedFiles) { self.imports = imports }

    func run(
        _ call: CommandCall, input: () throws -> [UInt8],
        output: (UnsafeRawBufferPointer?) throws -> Void
    ) throws {
        let words = try call.words.map(word)
        let title = words[0].split(separator: "/").last.map(String.init) ?? words[0]
        let outcome: LimitedProgram.Outcome
        do {
            let folder = try WorkingFolder()
            if PinnedFile(call.words[0]) != nil {
                outcome = try program(call, words, in: folder.path).run(input: input) {
                    try output($0)
                }
            } else {
                // A file of the store is not to be executed, and its file system may forbid it.
                let copy = try ProgramCopy(of: words[0], named: title)
                outcome = try program(
                    call, [copy.path] + words.dropFirst(), in: folder.path
                ).run(input: input) { try output($0) }
            }
        } catch {
            throw CommandFailure(
                program: title,
                fault: CommandFault(
                    "cannot be started: \(error.reason) (\(error.path))"
                        + (error.code == EACCES
                            ? "; where that folder may not hold programs, set TMPDIR to another"
                            : "")),
                lastWords: "")
        }
        func failure(_ fault: CommandFault) -> CommandFailure {
            CommandFailure(
                program: title, fault: fault, lastWords: Self.lines(of: outcome.lastWords))
        }
        switch outcome.end {
        case .exited(0): break
        case .exited(let status): throw failure(CommandFault("exited with status \(status)"))
        case .signalled(let number):
            throw failure(CommandFault("was ended by \(Self.name(ofSignal: number))"))
        case .tookTooLong:
            throw failure(
                CommandFault(
                    "took more than its time-limit of \(call.secondsText) s and was killed: "
                        + "raise it (in the same run with --extend)"
                ))
        case .printedTooMuch:
            throw failure(
                CommandFault(
                    "printed more than its output-limit of \(call.output >> 20) MiB and was killed: "
                        + "raise it (in the same run with --extend)"
                )
            )
        case .abandoned(let fault as CommandFault): throw failure(fault)
        case .abandoned(let error): throw error
        }
        do {
            try output(nil)
        } catch let fault as CommandFault {
            throw failure(fault)
        }
    }

    /// A word as a program sees it: the path of a file, or itself.
    private func word(_ word: String) throws -> String {
        if let pinned = PinnedFile(word) {
            // It may have been replaced since the run began.
            let found = try SHA256.digest(ofFile: pinned.path).digest.hexadecimal
            guard found == pinned.sha256 else {
                throw CommandFailure(
                    program: pinned.path,
                    fault: CommandFault("has changed: its SHA-256 is \(found) now"), lastWords: "")
            }
            return pinned.path
        }
        guard imports.isName(word) else { return word }
        guard let path = imports.file(of: word), imports.isWhole(word) else {
            throw CommandFailure(
                program: word,
                fault: CommandFault(
                    "is not in the run any more as it was: put the file there again"),
                lastWords: "")
        }
        return FileSystem.absolute(path)
    }

    private func program(
        _ call: CommandCall, _ words: [String], in folder: String
    ) -> LimitedProgram {
        LimitedProgram(
            path: words[0], arguments: words, environment: environment(folder),
            folder: folder, seconds: call.seconds, memory: call.memory, output: call.output)
    }

    private func environment(_ folder: String) -> [String] {
        [
            "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8",
            "HOME=\(folder)", "TMPDIR=\(folder)",
        ]
    }

    /// The last lines of what a program wrote, on one line.
    private static func lines(of bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(4)
            .map { TerminalText.escaped(String($0)) }.joined(separator: " | ")
    }

    private static func name(ofSignal number: Int32) -> String {
        let words = strsignal(number).map { ": " + String(cString: $0) } ?? ""
        return "signal \(number)\(words)"
    }
}
