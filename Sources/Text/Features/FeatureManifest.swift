/// How a set of labelled rows with several views is made: one JSON file in `corpora/`, named
/// `NAME.features.json`.
///
/// Each view is a table of numbers inside a package: a line of headings, then the same rows in the
/// same order with the view's columns and the row's label last, separated by commas.
package struct FeatureManifest: LabelledSetManifest, Hashable, Codable {
    /// One view.
    package struct View: Sendable, Hashable, Codable {
        private enum CodingKeys: String, CodingKey, CaseIterable {
            case name, table, columns
        }

        /// What specifications call it.
        package var name: String
        /// The path of its table inside the package.
        package var table: String
        /// Its columns, 1 to 4,096.
        package var columns: Int

        package init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            table = try container.decodePath(forKey: .table)
            columns = try container.decodeNumber(forKey: .columns, in: 1...4_096)
        }
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, title, licence, package, views, rows, classes
        case sha256 = "features-sha256"
        case notes
    }

    /// The set's name; also the beginning of the file's.
    package var name: String
    /// One line for a list.
    package var title: String
    /// The licence of the numbers, in words for a list.
    package var licence: String
    /// Where the tables come from.
    package var package: CorpusPackage
    /// The views, in the order of their columns in the built file.
    package var views: [View]
    /// The rows of each table.
    package var rows: Int
    /// Labels are 0 ..< classes.
    package var classes: Int
    /// The SHA-256 of the built file, see ``FeatureLibrary``.
    package var sha256: String
    /// Remarks for readers of the manifest; nothing depends on them.
    package var notes: String?

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        title = try container.decode(String.self, forKey: .title)
        licence = try container.decode(String.self, forKey: .licence)
        package = try container.decode(CorpusPackage.self, forKey: .package)
        views = try container.decode([View].self, forKey: .views)
        guard !views.isEmpty, Set(views.map(\.name)).count == views.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .views, in: container,
                debugDescription: "views of different names are needed, one at least")
        }
        rows = try container.decodeNumber(forKey: .rows, in: 1...1_000_000)
        classes = try container.decodeNumber(forKey: .classes, in: 2...256)
        sha256 = try container.decodeSum(forKey: .sha256)
        notes = try container.decodeIfPresent(String.self, forKey: .notes)
    }

    package var tables: [String] { views.map(\.table) }
    package var identity: String {
        "\(sha256) \(views.map { "\($0.name):\($0.columns)" }.joined(separator: ",")) \(classes)"
    }

    /// The numbers of one row in the built file: its label, then those of each view.
    var rowCount: Int { views.reduce(1) { $0 + $1.columns } }
}
