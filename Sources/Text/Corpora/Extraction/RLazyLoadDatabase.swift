/// R's lazy-load database: how an R package stores its data sets.
///
/// `NAME.rdx`, compressed, is a serialised list whose element `variables` gives for each data set
/// its position in `NAME.rdb`: offset and length in bytes. There lie four bytes with the length of
/// the content, big-endian, and a zlib stream with the serialised value.
package struct RLazyLoadDatabase {
    private let index: RValue
    private let records: [UInt8]
    private let file: String

    /// Nothing that belongs into a corpus takes more bytes, uncompressed.
    private static let greatestCount = Inflation.usualLimit

    /// A database.
    ///
    /// - Parameters:
    ///   - index: The bytes of the `.rdx` file.
    ///   - records: The bytes of the `.rdb` file.
    ///   - file: What to call the database in an error.
    /// - Throws: Where the index is damaged.
    package init(index: [UInt8], records: [UInt8], file: String) throws(CorpusError) {
        self.index = try Self.value(
            in: index[...], limit: Self.greatestCount, of: file + ".rdx")
        self.records = records
        self.file = file
    }

    /// The lines of a character vector.
    package func lines(ofVariable name: String) throws(CorpusError) -> [[UInt8]] {
        guard let variables = index["variables"], let position = variables[name]?.content else {
            throw malformed("has no data set \(name)")
        }
        guard case .integers(let numbers) = position, numbers.count == 2,
            numbers[0] >= 0, numbers[1] >= 4,
            Int(numbers[0]) + Int(numbers[1]) <= records.count
        else { throw malformed("has data set \(name) outside its file of records") }
        let start = Int(numbers[0])
        // The first four bytes are the length of the content.
        let length = records[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        let record = records[start + 4..<start + Int(numbers[1])]
        let value = try Self.value(
            in: record, limit: min(length, Self.greatestCount),
            of: "\(file).rdb, data set \(name)")
        guard case .characters(let lines) = value.content else {
            throw malformed("has data set \(name), which is no character vector")
        }
        return lines.map { $0 ?? [] }
    }

    private func malformed(_ problem: String) -> CorpusError {
        CorpusError(.malformedPackage(file: file, problem: problem))
    }

    private static func value(
        in compressed: ArraySlice<UInt8>, limit: Int, of file: String
    ) throws(CorpusError) -> RValue {
        let data: [UInt8]
        do {
            data = try Inflation.inflate(compressed, limit: limit)
        } catch {
            throw CorpusError(.malformedPackage(file: file, problem: error.problem))
        }
        do {
            return try RSerialization.read(data)
        } catch {
            throw CorpusError(
                .malformedPackage(
                    file: file, problem: "\(error.problem) (byte \(error.byteOffset), uncompressed)"
                ))
        }
    }
}
