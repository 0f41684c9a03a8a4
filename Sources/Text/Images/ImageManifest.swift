/// How a set of labelled images is made: one JSON file in `corpora/`, named `NAME.images.json`.
///
/// The images are a table of numbers inside a package: a row for each image with its pixels row by
/// row and its label last, separated by commas, perhaps compressed.
package struct ImageManifest: LabelledSetManifest, Hashable, Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, title, licence, package, table, width, height
        case brightest, classes
        case sha256 = "images-sha256"
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
    package var sha256: String
    /// Remarks for readers of the manifest; nothing depends on them.
    package var notes: String?

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        title = try container.decode(String.self, forKey: .title)
        licence = try container.decode(String.self, forKey: .licence)
        package = try container.decode(CorpusPackage.self, forKey: .package)
        table = try container.decodePath(forKey: .table)
        width = try container.decodeNumber(forKey: .width, in: 1...4_096)
        height = try container.decodeNumber(forKey: .height, in: 1...4_096)
        brightest = try container.decodeNumber(forKey: .brightest, in: 1...255)
        classes = try container.decodeNumber(forKey: .classes, in: 2...256)
        sha256 = try container.decodeSum(forKey: .sha256)
        notes = try container.decodeIfPresent(String.self, forKey: .notes)
    }

    package var tables: [String] { [table] }
    package var identity: String {
        "\(sha256) \(width)x\(height) 0...\(brightest) \(classes)"
    }

    /// The bytes of one image in the built file: its label, then its pixels.
    var rowCount: Int { 1 + width * height }
}
