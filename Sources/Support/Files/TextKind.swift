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
    package static let lookahead = 6

    private static let others: [(first: [UInt8], what: String, remedy: String)] = [
        ([0x1F, 0x8B], "compressed with gzip", "unpack it first: gunzip -k"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd", "unpack it first: unzstd"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "compressed with xz", "unpack it first: unxz -k"),
        ([0x42, 0x5A, 0x68, 0x31], "compressed with bzip2", "unpack it first: bunzip2 -k"),
        ([0x42, 0x5A, 0x68, 0x39], "compressed with bzip2", "unpack it first: bunzip2 -k"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive", "unpack it first: unzip"),
        ([0xFF, 0xFE, 0x00, 0x00], "UTF-32", "convert it first: iconv -f UTF-32 -t UTF-8"),
        ([0xFF, 0xFE], "UTF-16", "convert it first: iconv -f UTF-16 -t UTF-8"),
        ([0xFE, 0xFF], "UTF-16", "convert it first: iconv -f UTF-16 -t UTF-8"),
        ([0x25, 0x50, 0x44, 0x46], "a PDF", "take its text out first: pdftotext"),
        ([0x50, 0x41, 0x52, 0x31], "a Parquet file", "write its texts as .jsonl first"),
        ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", "write its texts as .jsonl first"),
    ]

    /// Refuses what is known not to be text by its first bytes.
    package static func check(_ first: some Collection<UInt8>, file: String) throws(NotText) {
        guard let other = others.first(where: { first.starts(with: $0.first) }) else { return }
        throw NotText(
            file: file, problem: "the file is \(other.what) and not UTF-8 text; \(other.remedy)")
    }
}
