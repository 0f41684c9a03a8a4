import Glibc

/// Files that can be started.
package enum ProgramFile {
    /// Whether this user may execute a file.
    package static func mayExecute(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// Why a file cannot be started; nil where nothing speaks against it.
    ///
    /// - Throws: ``FileError`` where it cannot be read.
    package static func problem(_ path: String) throws(FileError) -> String? {
        let first = try BlockReader(path).next(256)
        if first.starts(with: [0x7F] + Array("ELF".utf8)) { return nil }
        guard first.starts(with: "#!".utf8) else {
            return "is neither a program of this machine nor a script that begins with #! and its "
                + "interpreter: give it such a first line, or write [INTERPRETER, SCRIPT]"
        }
        let line = first.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let name = line.drop { $0 == 0x20 || $0 == 0x09 }.prefix { $0 > 0x20 }
        let interpreter = String(decoding: name, as: UTF8.self)
        if interpreter.hasPrefix("/"), mayExecute(interpreter) { return nil }
        return
            "names the interpreter \(TerminalText.escaped(interpreter)) in its first line, which is "
            + "not there: change the line, or write [INTERPRETER, SCRIPT]"
    }
}

/// A copy of a file that can be executed, in a folder of its own, removed when the value goes.
package struct ProgramCopy: ~Copyable {
    /// Its absolute path.
    package let path: String
    private let folder: WorkingFolder
    private let note: Int?

    /// Copies a file, of whatever size.
    ///
    /// - Throws: ``FileError``.
    package init(of original: String, named name: String) throws(FileError) {
        let folder = try WorkingFolder()
        let path = folder.path + "/" + name
        let reader = try BlockReader(original)
        let copy = try FileSystem.open(path, O_WRONLY | O_CREAT | O_EXCL, action: "create")
        while true {
            let block = try reader.next(1 << 20)
            if block.isEmpty { break }
            try FileSystem.write(block, to: copy.number, path: path)
        }
        guard fchmod(copy.number, 0o500) == 0 else { throw FileError("make executable", path) }
        note = UnfinishedFiles.note(path)
        self.path = path
        self.folder = folder
    }

    deinit {
        if let note { UnfinishedFiles.forget(note) }
    }
}
