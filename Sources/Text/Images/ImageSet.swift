/// Labelled images of one size.
package struct ImageSet: LabelledSet, Hashable {
    /// The name of the set's manifest.
    package let name: String
    /// The width of an image in pixels.
    package let width: Int
    /// The height of an image in pixels.
    package let height: Int
    /// The greatest value that a pixel can have.
    package let brightest: Int
    /// Labels are 0 ..< classes.
    package let classes: Int
    /// The class of each image, below ``classes``.
    package let labels: [UInt8]
    /// Image by image and row by row.
    package let pixels: [UInt8]

    /// The number of images.
    package var count: Int { labels.count }
    /// Pixels of one image.
    package var size: Int { width * height }

    package static let content = "images"
    package static let fileName = "images.u8"

    /// The images of a built file: for each its label, then its pixels, a byte each.
    package init(_ manifest: ImageManifest, bytes rows: [UInt8]) throws(ManifestProblem) {
        let rowCount = manifest.rowCount
        guard !rows.isEmpty, rows.count % rowCount == 0 else {
            throw ManifestProblem(
                key: "width",
                problem: "the \(rows.count) bytes of \(Self.fileName) are no images of "
                    + "\(manifest.width) x \(manifest.height) pixels with a label each")
        }
        (name, width, height) = (manifest.name, manifest.width, manifest.height)
        (brightest, classes) = (manifest.brightest, manifest.classes)
        let starts = stride(from: 0, to: rows.count, by: rowCount)
        labels = starts.map { rows[$0] }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(rows.count)
        for start in starts { pixels += rows[start + 1..<start + rowCount] }
        self.pixels = pixels
        if let label = labels.max(), label >= manifest.classes {
            throw ManifestProblem(
                key: "classes", problem: "\(Self.fileName) has an image of class \(label)")
        }
        if let pixel = pixels.max(), pixel > manifest.brightest {
            throw ManifestProblem(
                key: "brightest", problem: "\(Self.fileName) has a pixel of value \(pixel)")
        }
    }

    /// The bytes of a built file out of the table of numbers.
    ///
    /// - Throws: The line whose numbers are not those of an image.
    package static func bytes(
        _ manifest: ImageManifest, tables: [[UInt8]]
    ) throws(TableProblem) -> [UInt8] {
        let size = manifest.width * manifest.height
        var rows: [UInt8] = []
        for (index, line) in tables[0].split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
            .enumerated()
        {
            let fields = line.split(separator: 0x2C, omittingEmptySubsequences: false)
            guard fields.count == size + 1 else {
                throw TableProblem(
                    line: index + 1, problem: "has \(fields.count) numbers, not \(size + 1)")
            }
            let start = rows.count
            rows.append(0)
            for (position, field) in fields.enumerated() {
                let greatest = position < size ? manifest.brightest : manifest.classes - 1
                guard let value = Double(String(decoding: field, as: UTF8.self)),
                    let byte = UInt8(exactly: value), byte <= greatest
                else {
                    throw TableProblem(
                        line: index + 1,
                        problem: "number \(position + 1) is no whole number from 0 to \(greatest)")
                }
                if position < size { rows.append(byte) } else { rows[start] = byte }
            }
        }
        return rows
    }
}
