import Foundation
import Glibc

/// A folder of a test's own, removed when the value goes.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        var template = Array((NSTemporaryDirectory() + "collapselab-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package static func / (folder: TemporaryFolder, name: String) -> String {
        folder.path + "/" + name
    }

    /// Every file below the folder, sorted, by its path in it.
    package func files(below name: String = "") -> [String] {
        let root = name.isEmpty ? path : path + "/" + name
        let found = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return found.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root + "/" + $0, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    package func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: self / name)))
    }

    /// Writes a file, and the folders above it.
    ///
    /// - Returns: Its path.
    @discardableResult
    package func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = self / name
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @discardableResult
    package func write(_ text: String, _ name: String) throws -> String {
        try write(Array(text.utf8), name)
    }

    package func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    /// The names in a sub-folder, hidden ones included; none when there is no such folder.
    package func names(in name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: self / name)) ?? []).sorted()
    }

    package func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: self / name)
    }
}
