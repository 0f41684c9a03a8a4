package import FoundationEssentials

/// The binary form of a ``TokenDataset``, little-endian throughout.
///
/// | bytes | content |
/// | --- | --- |
/// | 0 ..< 8 | `CLTOKENS` |
/// | 8 ..< 12 | version, 1 |
/// | 12 ..< 16 | bytes per token: 2 for a vocabulary of at most 65,536, otherwise 4 |
/// | 16 ..< 24 | vocabulary count V; every token is below it |
/// | 24 ..< 32 | token count T |
/// | 32 ..< 40 | document count D |
/// | 40 ..< 48 | checksum of all other bytes |
/// | 48 ..< | T tokens, zeros up to a multiple of 8, then D + 1 offsets of 8 bytes |
///
/// In numpy: `numpy.fromfile(path, "<u2", count=T, offset=48)`. The checksum is FNV-1a (64 bits) taken
/// over 8-byte words: `h = (h ^ word) * 0x100000001b3` from `0xcbf29ce484222325`.
package enum TokenDatasetFile {
    private static let magic = Array("CLTOKENS".utf8)
    private static let version = 1
    private static let headerCount = 48
    private static let checksumPosition = 40

    /// What a file holds.
    package struct Contents: Sendable, Hashable {
        package var dataset: TokenDataset
        package var vocabularyCount: Int
    }

    /// The file's bytes. Every token must be below `vocabularyCount`.
    package static func bytes(of dataset: TokenDataset, vocabularyCount: Int) -> [UInt8] {
        let greatest = dataset.tokens.max().map(Int.init) ?? -1
        precondition(
            greatest < vocabularyCount, "token \(greatest) in a vocabulary of \(vocabularyCount)")
        let width = width(of: vocabularyCount)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            headerCount + dataset.tokens.count * width + 8 + dataset.offsets.count * 8)
        bytes.append(contentsOf: magic)
        append(version, 4, to: &bytes)
        append(width, 4, to: &bytes)
        append(vocabularyCount, 8, to: &bytes)
        append(dataset.tokens.count, 8, to: &bytes)
        append(dataset.documentCount, 8, to: &bytes)
        append(0, 8, to: &bytes)
        for token in dataset.tokens { append(Int(token), width, to: &bytes) }
        while bytes.count % 8 != 0 { bytes.append(0) }
        for offset in dataset.offsets { append(offset, 8, to: &bytes) }
        let checksum = checksum(bytes)
        for index in 0..<8 {
            bytes[checksumPosition + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index))
        }
        return bytes
    }

    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file.
    ///   - file: What to call the source in an error.
    /// - Returns: The data set and the size of the vocabulary it was written for.
    /// - Throws: What the file has or lacks; nothing that disagrees with itself is accepted.
    package static func read(
        bytes: [UInt8], file: String = "token file"
    ) throws(TokenDatasetFileError) -> Contents {
        func failure(_ problem: String) -> TokenDatasetFileError {
            TokenDatasetFileError(file: file, problem: problem)
        }
        guard bytes.count >= headerCount else {
            throw failure("has \(bytes.count) bytes, fewer than the header's \(headerCount)")
        }
        guard bytes.starts(with: magic) else { throw failure("does not begin with CLTOKENS") }
        let foundVersion = integer(bytes, 8, 4)
        guard foundVersion == version else {
            throw failure("has version \(foundVersion), not \(version)")
        }
        let width = integer(bytes, 12, 4)
        let counts = [16, 24, 32].map { integer(bytes, $0, 8) }
        // Nothing larger than the file can be meant; below that the sums cannot overflow.
        guard counts[1] >= 0, counts[2] >= 0, counts[1] <= bytes.count, counts[2] <= bytes.count
        else {
            throw failure(
                "promises \(counts[1]) tokens in \(counts[2]) documents, more than it holds")
        }
        let (vocabularyCount, tokenCount, documentCount) = (counts[0], counts[1], counts[2])
        guard vocabularyCount >= 0, width == Self.width(of: vocabularyCount) else {
            throw failure("has \(width) bytes per token for a vocabulary of \(vocabularyCount)")
        }
        let offsetsPosition = (headerCount + tokenCount * width + 7) / 8 * 8
        let expected = offsetsPosition + (documentCount + 1) * 8
        guard bytes.count == expected else {
            throw failure(
                "has \(bytes.count) bytes where \(tokenCount) tokens in \(documentCount) documents "
                    + "take \(expected)")
        }
        guard checksum(bytes) == UInt64(bitPattern: Int64(integer(bytes, checksumPosition, 8)))
        else {
            throw failure("does not match its checksum")
        }
        let tokens = (0..<tokenCount).map {
            UInt32(truncatingIfNeeded: integer(bytes, headerCount + $0 * width, width))
        }
        if let position = tokens.firstIndex(where: { $0 >= vocabularyCount }) {
            throw failure(
                "has token \(tokens[position]) at position \(position), beyond its vocabulary of "
                    + "\(vocabularyCount)")
        }
        let offsets = (0...documentCount).map { integer(bytes, offsetsPosition + $0 * 8, 8) }
        guard offsets.first == 0, offsets.last == tokenCount,
            zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
        else {
            throw failure("has document offsets that do not rise from 0 to \(tokenCount)")
        }
        return Contents(
            dataset: TokenDataset(tokens: tokens, offsets: offsets),
            vocabularyCount: vocabularyCount)
    }

    /// Writes a file, replacing it at once or not at all.
    package static func write(
        _ dataset: TokenDataset, vocabularyCount: Int, to url: URL
    ) throws(TokenDatasetFileError) {
        do {
            try Data(bytes(of: dataset, vocabularyCount: vocabularyCount))
                .write(to: url, options: .atomic)
        } catch {
            throw TokenDatasetFileError(file: url.path, problem: "cannot be written")
        }
    }

    /// Reads the file at `url`.
    package static func read(contentsOf url: URL) throws(TokenDatasetFileError) -> Contents {
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: url))
        } catch {
            throw TokenDatasetFileError(file: url.path, problem: "cannot be read")
        }
        return try read(bytes: bytes, file: url.path)
    }

    private static func width(of vocabularyCount: Int) -> Int {
        vocabularyCount <= 1 << 16 ? 2 : 4
    }

    private static func append(_ value: Int, _ count: Int, to bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    private static func integer(_ bytes: [UInt8], _ position: Int, _ count: Int) -> Int {
        var value = 0
        for index in 0..<count { value |= Int(bytes[position + index]) << (8 * index) }
        return value
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for position in stride(from: 0, to: bytes.count, by: 8) where position != checksumPosition {
            let word = UInt64(bitPattern: Int64(integer(bytes, position, 8)))
            hash = (hash ^ word) &* 0x100_0000_01B3
        }
        return hash
    }
}

/// Why a token file cannot be used.
package struct TokenDatasetFileError: Error, Hashable, CustomStringConvertible {
    package var file: String
    /// What the file does or has, to be read after its name.
    package var problem: String

    package init(file: String, problem: String) {
        self.file = file
        self.problem = problem
    }

    package var description: String {
        "\(file): \(problem); the file is damaged or of another kind: write it again"
    }
}
