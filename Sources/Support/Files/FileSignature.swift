/// A kind of file that is known by its first bytes, and by which users mistake one file for
/// another.
package struct FileSignature: Sendable, Hashable {
    /// Completes "the file is".
    package let name: String
    /// What to do to get at what is wanted.
    package let remedy: String
    private let first: [UInt8]

    private init(_ first: [UInt8], _ name: String, _ remedy: String) {
        self.first = first
        self.name = name
        self.remedy = remedy
    }

    private init(_ first: String, _ name: String, _ remedy: String) {
        self.init(Array(first.utf8), name, remedy)
    }

    /// The kind of a file that begins with `bytes`, where it is known.
    package init?(of bytes: some Collection<UInt8>) {
        guard let found = Self.all.first(where: { bytes.starts(with: $0.first) }) else {
            return nil
        }
        self = found
    }

    /// The number of bytes that decide.
    package static let lookahead = all.map(\.first.count).max() ?? 0

    /// The longer of two that begin alike comes first.
    private static let all =
        [
            FileSignature([0x1F, 0x8B], "compressed with gzip", "unpack it first: gunzip -k"),
            FileSignature(
                [0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd", "unpack it first: unzstd"),
            FileSignature(
                [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "compressed with xz",
                "unpack it first: unxz -k"),
            FileSignature("PK\u{3}\u{4}", "a ZIP archive", "unpack it first: unzip"),
            FileSignature(
                [0xFF, 0xFE, 0x00, 0x00], "UTF-32", "convert it first: iconv -f UTF-32 -t UTF-8"),
            FileSignature([0xFF, 0xFE], "UTF-16", "convert it first: iconv -f UTF-16 -t UTF-8"),
            FileSignature([0xFE, 0xFF], "UTF-16", "convert it first: iconv -f UTF-16 -t UTF-8"),
            FileSignature("%PDF", "a PDF", "take its text out first: pdftotext"),
            FileSignature("PAR1", "a Parquet file", "write its texts as .jsonl first"),
            FileSignature(
                [0x89, 0x48, 0x44, 0x46], "an HDF5 file", "write its texts as .jsonl first"),
            FileSignature(
                "version https://git-lfs.github.com/spec/", "a Git LFS pointer",
                "fetch the file it stands for: git lfs pull"),
        ]
        // The digit is the size of a block.
        + (1...9).map {
            FileSignature("BZh\($0)", "compressed with bzip2", "unpack it first: bunzip2 -k")
        }
        // The number is the version of the format.
        + (1...3).map {
            FileSignature(
                Array("GGUF".utf8) + [$0, 0, 0, 0], "a GGUF model",
                "take the safetensors files that it was made of")
        }
        // The number is the version of the protocol.
        + (2...5).map {
            FileSignature(
                [0x80, $0], "a Python pickle", "write its content in another format first")
        }
}
