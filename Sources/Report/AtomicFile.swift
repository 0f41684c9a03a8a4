import Foundation

/// Files that are either whole or absent: a reader never meets half of one.
enum AtomicFile {
    /// Writes a file under a temporary name in the same folder, flushes it to disk and renames it.
    static func write(_ text: String, to path: String) throws(ReportError) {
        try write(Data(text.utf8), to: path)
    }

    static func write(_ data: Data, to path: String) throws(ReportError) {
        let temporary = path + ".partial"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let handle = FileHandle(forWritingAtPath: temporary)
        else {
            throw ReportError(.cannotWrite(path: path, reason: "the folder takes no new file"))
        }
        do {
            try handle.write(contentsOf: data)
            try handle.synchronize()
            try handle.close()
        } catch {
            throw ReportError(.cannotWrite(path: path, reason: error.localizedDescription))
        }
        try move(temporary, to: path)
    }

    /// Puts a finished temporary file in its place.
    static func move(_ temporary: String, to path: String) throws(ReportError) {
        guard rename(temporary, path) == 0 else {
            throw ReportError(.cannotWrite(path: path, reason: String(cString: strerror(errno))))
        }
    }

    static func makeFolder(_ path: String) throws(ReportError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ReportError(.cannotWrite(path: path, reason: error.localizedDescription))
        }
    }
}
