/// Labelled rows with several views.
package struct FeatureSet: LabelledSet, Hashable {
    /// One view.
    package struct View: Sendable, Hashable {
        /// What specifications call it.
        package let name: String
        /// Its columns.
        package let columns: Int
        /// Row by row.
        package let elements: [Double]
    }

    /// The name of the set's manifest.
    package let name: String
    /// Labels are 0 ..< classes.
    package let classes: Int
    /// The class of each row.
    package let labels: [UInt8]
    package let views: [View]

    /// The number of rows.
    package var count: Int { labels.count }

    /// What can still be squared and added up.
    private static let greatest = 1e100

    package static let content = "features"
    package static let fileName = "features.f64"

    /// The rows of a built file: for each its label, then each view's columns, 64-bit little-endian
    /// floats.
    package init(_ manifest: FeatureManifest, bytes: [UInt8]) throws(ManifestProblem) {
        let rowCount = manifest.rowCount
        guard bytes.count == 8 * rowCount * manifest.rows else {
            throw ManifestProblem(
                key: "rows",
                problem: "the \(bytes.count / 8) numbers of \(Self.fileName) are not "
                    + "\(manifest.rows) rows of \(rowCount), a label and \(rowCount - 1) columns")
        }
        let numbers = stride(from: 0, to: bytes.count, by: 8).map { start in
            Double(
                bitPattern: (0..<8).reduce(0) {
                    $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1))
                })
        }
        if let place = numbers.firstIndex(where: { !(abs($0) <= Self.greatest) }) {
            throw ManifestProblem(
                key: "features-sha256",
                problem: "number \(place % rowCount + 1) of row \(place / rowCount + 1) is "
                    + "\(numbers[place]); numbers are finite and at most \(Self.greatest)")
        }
        let starts = stride(from: 0, to: numbers.count, by: rowCount)
        let present = Set(starts.map { numbers[$0] })
        if let label = present.first(where: {
            UInt8(exactly: $0).map { $0 >= manifest.classes } ?? true
        }) {
            throw ManifestProblem(
                key: "classes", problem: "\(Self.fileName) has a row of class \(label)")
        }
        guard present.count > 1 else {
            throw ManifestProblem(
                key: "classes", problem: "all rows of \(Self.fileName) are of one class")
        }
        (name, classes) = (manifest.name, manifest.classes)
        labels = starts.map { UInt8(numbers[$0]) }
        var first = 1
        views = manifest.views.map { view in
            defer { first += view.columns }
            return View(
                name: view.name, columns: view.columns,
                elements: starts.flatMap { numbers[$0 + first..<$0 + first + view.columns] })
        }
    }

    /// The bytes of a built file out of the views' tables.
    ///
    /// - Throws: The line whose numbers are not those of a row.
    package static func bytes(
        _ manifest: FeatureManifest, tables: [[UInt8]]
    ) throws(TableProblem) -> [UInt8] {
        var labels: [Double] = []
        var views: [[Double]] = []
        for (index, table) in tables.enumerated() {
            let (elements, own) = try rows(table, index: index, of: manifest)
            if let line = own.indices.first(where: { index > 0 && own[$0] != labels[$0] }) {
                throw TableProblem(
                    table: index, line: line + 2,
                    problem: "has another label than in \(manifest.views[0].table)")
            }
            labels = own
            views.append(elements)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * manifest.rowCount * manifest.rows)
        func add(_ number: Double) {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
        }
        for row in labels.indices {
            add(labels[row])
            for (view, elements) in zip(manifest.views, views) {
                for column in 0..<view.columns { add(elements[row * view.columns + column]) }
            }
        }
        return bytes
    }

    /// The numbers of a table, row by row, and the labels.
    private static func rows(
        _ table: [UInt8], index: Int, of manifest: FeatureManifest
    ) throws(TableProblem) -> (elements: [Double], labels: [Double]) {
        let columns = manifest.views[index].columns
        var (elements, labels): ([Double], [Double]) = ([], [])
        let lines = table.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        func problem(_ line: Int, _ text: String) -> TableProblem {
            TableProblem(table: index, line: line, problem: text)
        }
        for (position, line) in lines.enumerated().dropFirst() {
            let fields = line.split(separator: 0x2C, omittingEmptySubsequences: false)
            guard fields.count == columns + 1 else {
                throw problem(
                    position + 1, "has \(fields.count) numbers, not \(columns + 1)")
            }
            for (place, field) in fields.enumerated() {
                guard let value = Double(String(decoding: field, as: UTF8.self)), value.isFinite
                else { throw problem(position + 1, "number \(place + 1) is no finite number") }
                guard place == columns else {
                    elements.append(value)
                    continue
                }
                guard let label = Int(exactly: value), (0..<manifest.classes).contains(label) else {
                    throw problem(
                        position + 1, "number \(place + 1) is no class below \(manifest.classes)")
                }
                labels.append(value)
            }
        }
        guard labels.count == manifest.rows else {
            throw problem(
                lines.count, "is the last, after \(labels.count) rows and not \(manifest.rows)")
        }
        return (elements, labels)
    }
}
