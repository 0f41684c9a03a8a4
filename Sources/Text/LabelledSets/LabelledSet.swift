/// Labelled rows of numbers that are built from tables in a package: images, features.
package protocol LabelledSet: Sendable {
    associatedtype Manifest: LabelledSetManifest

    /// What it is of, in words and in the names of its files: `images`.
    static var content: String { get }
    /// The name of the built file.
    static var fileName: String { get }

    /// The set of a built file.
    ///
    /// - Throws: What of the manifest is not true of the file.
    init(_ manifest: Manifest, bytes: [UInt8]) throws(ManifestProblem)

    /// The bytes of a built file out of the manifest's tables.
    ///
    /// - Throws: The line whose numbers are not those of a row.
    static func bytes(
        _ manifest: Manifest, tables: [[UInt8]]
    ) throws(TableProblem) -> [UInt8]
}

/// How a labelled set is made: one JSON file in `corpora/`, named `NAME.CONTENT.json`.
package protocol LabelledSetManifest: Sendable, Decodable {
    /// The set's name; also the beginning of the file's.
    var name: String { get }
    /// One line for a list.
    var title: String { get }
    /// The licence of the numbers, in words for a list.
    var licence: String { get }
    /// Where the tables come from.
    var package: CorpusPackage { get }
    /// The paths of the tables inside the package; those that end in .gz are inflated.
    var tables: [String] { get }
    /// The SHA-256 of the built file.
    var sha256: String { get }
    /// Everything that the set depends on: the sum, and how the built file is read.
    var identity: String { get }
}

extension LabelledSetManifest {
    /// Reads a manifest's bytes; `file` is what to call it in an error.
    package init(reading bytes: [UInt8], file: String) throws(CorpusError) {
        self = try CorpusJSON.decode(Self.self, from: bytes, file: file)
    }
}

/// Something in a manifest that is not true of the file that was built.
package struct ManifestProblem: Error {
    /// The manifest's key.
    package var key: String
    package var problem: String
}

/// Something in a table that is no number of the set.
package struct TableProblem: Error {
    /// Which of the tables.
    package var table = 0
    /// From 1.
    package var line: Int
    package var problem: String
}

extension KeyedDecodingContainer {
    /// A whole number within a range.
    func decodeNumber(forKey key: Key, in range: ClosedRange<Int>) throws -> Int {
        let number = try decode(Int.self, forKey: key)
        guard range.contains(number) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "\(number) is outside \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return number
    }
}
