/// How a set of labelled images is made: one JSON file in `corpora/`, named `NAME.images.json`.
///
/// The images are a table of numbers inside a package: a row for each image with its pixels row by
/// row and its label last, separated by commas, perhaps compressed.
package struct ImageManifest: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, title, licence, package, table, width, height
        case brightest, classes
        case imagesSHA256 = "images-sha256"
        case notes
    }

    /// The set's name; also the beginning of the file's.
    package var name: String
    /// One line for a list.
    package var title: String
    /// The licence of the images, in words for a list.
    package var licence: String
    /// Where the table comes from.
    package var package: CorpusPackage
    /// The path of the table inside the package.
    package var table: String
    /// The width of an image in pixels, 1 to 4,096.
    package var width: Int
    /// The height of an image in pixels, 1 to 4,096.
    package var height: Int
    /// The greatest value that a pixel can have.
    package var brightest: Int
    /// Labels are 0 ..< classes.
    package var classes: Int
    /// The SHA-256 of the built file, see ``ImageLibrary``.
    package var imagesSHA256: String
    /// Remarks for readers of the manifest; nothing depends on them.
    package var notes: String?

    /// Reads a manifest's bytes; `file` is what to call it in an error.
    package init(reading bytes: [UInt8], file: String) throws(CorpusError) {
        self = try CorpusJSON.decode(ImageManifest.self, from: bytes, file: file)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys, _ range: ClosedRange<Int>) throws -> Int {
            let number = try container.decode(Int.self, forKey: key)
            guard range.contains(number) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "\(number) is outside \(range.lowerBound) to "
                        + "\(range.upperBound)")
            }
            return number
        }
        name = try container.decode(String.self, forKey: .name)
        title = try container.decode(String.self, forKey: .title)
        licence = try container.decode(String.self, forKey: .licence)
        package = try container.decode(CorpusPackage.self, forKey: .package)
        table = try container.decodePath(forKey: .table)
        width = try number(.width, 1...4_096)
        height = try number(.height, 1...4_096)
        brightest = try number(.brightest, 1...255)
        classes = try number(.classes, 2...256)
        imagesSHA256 = try container.decodeSum(forKey: .imagesSHA256)
        notes = try container.decodeIfPresent(String.self, forKey: .notes)
    }

    /// The bytes of one image in the built file: its label, then its pixels.
    var rowCount: Int { 1 + width * height }
}
