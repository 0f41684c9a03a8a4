/// A file that was opened as text and is none.
package struct NotText: Error, Hashable, CustomStringConvertible {
    /// The file, as the user named it.
    package var file: String
    /// What it is instead, and what to do.
    package var problem: String

    package var description: String { "\(file): \(problem)" }
}

/// What the first bytes of a file say about it.
package enum TextKind {
    /// The mark that UTF-8 may begin with, which belongs to no text.
    package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// How many bytes a text's byte order mark takes at its beginning; 0 where it has none.
    package static func markLength(of text: some Collection<UInt8>) -> Int {
        text.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    }

    /// The number of bytes that ``check(_:file:)`` looks at.
    package static let lookahead = FileSignature.lookahead

    /// Refuses what is known not to be text by its first bytes.
    package static func check(_ first: some Collection<UInt8>, file: String) throws(NotText) {
        guard let other = FileSignature(of: first) else { return }
        throw NotText(
            file: file, problem: "the file is \(other.name) and not UTF-8 text; \(other.remedy)")
    }
}
