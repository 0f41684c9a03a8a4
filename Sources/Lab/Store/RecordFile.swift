import Collapse
import Support

/// The file of a block of records: compact JSON in columns, exact to the last bit, sealed.
///
/// Rows are in the order of the seeds and, within a seed, of the generations. A column whose rows all
/// hold the same is written once; `values` holds a row of metrics a line, whose names are the list of
/// `metrics` that `shape` numbers.
enum RecordFile {
    private static let version = 1

    // MARK: Names

    /// Where the block belongs below the folder of records, such as `replace/seed-3/generation-007.json`
    /// or `replace/seeds-0-255/generations-0-50.json`.
    static func path(of block: RecordBlock) -> String {
        "\(SafeName.encode(block.arm))/\(folder(of: block.seeds))/\(name(of: block.generations)).json"
    }

    private static func folder(of seeds: [UInt64]) -> String {
        guard let first = seeds.first, let last = seeds.last else { return "seeds" }
        if seeds.count == 1 { return "seed-\(first)" }
        let isRange = zip(seeds, seeds.dropFirst()).allSatisfy { $0 < $1 && $1 - $0 == 1 }
        if isRange { return "seeds-\(first)-\(last)" }
        let list = seeds.map(String.init).joined(separator: ",")
        return "seeds-\(first)-\(last)-\(SHA256.digest(of: list.utf8).hexadecimal.prefix(16))"
    }

    private static func name(of generations: ClosedRange<Int>) -> String {
        guard generations.count == 1 else {
            return "generations-\(generations.lowerBound)-\(generations.upperBound)"
        }
        let digits = String(generations.lowerBound)
        return "generation-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    // MARK: Writing

    /// The text of a block, from one record for each of its seeds and generations, in any order.
    static func encode(_ records: [GenerationRecord], of block: RecordBlock) -> [UInt8] {
        let rows = ordered(records, of: block)
        let lists = rows.map { row in row.metrics.map(\.name) }
        var shapes: [[String]] = []
        var shapeIndex: [[String]: Int] = [:]
        for list in lists where shapeIndex[list] == nil {
            shapeIndex[list] = shapes.count
            shapes.append(list)
        }

        var text = JSONWriter()
        text.raw("{")
        text.field("v")
        text.number(version)
        text.field("arm")
        text.string(block.arm)
        text.field("seeds")
        text.array(block.seeds) { $0.number($1) }
        text.field("generations")
        text.array([block.generations.lowerBound, block.generations.upperBound]) { $0.number($1) }
        text.column("key", rows.map(\.key)) { $0.string($1.digits) }
        text.column("model", rows.map(\.model)) { $0.optionalKey($1) }
        text.column("samples", rows.map(\.samples)) { $0.optionalKey($1) }
        text.field("metrics")
        text.array(shapes) { text, names in text.array(names) { $0.string($1) } }
        text.column("shape", lists.map { shapeIndex[$0] ?? 0 }) { $0.number($1) }
        text.field("values")
        text.array(rows) { text, row in
            text.raw("\n")
            text.array(row.metrics) { $0.number($1.value) }
        }
        return SealedJSON.seal(text)
    }

    private static func ordered(
        _ records: [GenerationRecord], of block: RecordBlock
    ) -> [GenerationRecord] {
        let width = block.generations.count
        precondition(
            records.count == block.seeds.count * width,
            "\(records.count) records for a block of \(block.seeds.count) seeds x \(width) generations"
        )
        let isOrdered = records.indices.allSatisfy { index in
            records[index].seed == block.seeds[index / width]
                && records[index].generation == block.generations.lowerBound + index % width
        }
        if isOrdered { return records }
        var position: [UInt64: Int] = [:]
        for (index, seed) in block.seeds.enumerated() { position[seed] = index }
        var rows = [GenerationRecord?](repeating: nil, count: records.count)
        for record in records {
            guard let seed = position[record.seed], block.generations.contains(record.generation)
            else {
                preconditionFailure(
                    "seed \(record.seed), generation \(record.generation) is outside the block")
            }
            rows[seed * width + record.generation - block.generations.lowerBound] = record
        }
        let found = rows.compactMap(\.self)
        precondition(found.count == rows.count, "\(rows.count - found.count) records occur twice")
        return found
    }

    // MARK: Reading

    /// The records of a block, in the order of seeds and, within a seed, of generations.
    static func decode(
        _ bytes: [UInt8], of block: RecordBlock, path: String
    ) throws(StoreError) -> [GenerationRecord] {
        guard var scanner = SealedJSON.open(bytes) else {
            throw StoreError(
                .damagedRecord("its content does not match the sum at its end"), path: path)
        }
        do {
            return try records(&scanner, of: block)
        } catch {
            throw StoreError(.damagedRecord(error.description), path: path)
        }
    }

    private static func records(
        _ scanner: inout JSONScanner, of block: RecordBlock
    ) throws(JSONScanner.Failure) -> [GenerationRecord] {
        let count = block.seeds.count * block.generations.count
        try header(&scanner, of: block)
        let keys = try scanner.column("key", count: count) { scanner throws(JSONScanner.Failure) in
            ContentKey(digits: try scanner.string())
        }
        let models = try scanner.column("model", count: count) {
            scanner throws(JSONScanner.Failure) in
            try scanner.optionalKey()
        }
        let samples = try scanner.column("samples", count: count) {
            scanner throws(JSONScanner.Failure) in
            try scanner.optionalKey()
        }
        try scanner.field("metrics")
        var shapes: [[String]] = []
        try scanner.array { scanner throws(JSONScanner.Failure) in
            var names: [String] = []
            try scanner.array { scanner throws(JSONScanner.Failure) in
                names.append(try scanner.string())
            }
            shapes.append(names)
        }
        let shape = try scanner.column("shape", count: count) {
            scanner throws(JSONScanner.Failure) in
            try scanner.unsigned(Int.self)
        }
        try scanner.field("values")
        var records: [GenerationRecord] = []
        records.reserveCapacity(count)
        try scanner.array { scanner throws(JSONScanner.Failure) in
            let row = records.count
            guard row < count, shape[row] < shapes.count else {
                throw scanner.failure("no row \(row)")
            }
            let names = shapes[shape[row]]
            var metrics: [MetricValue] = []
            metrics.reserveCapacity(names.count)
            try scanner.array { scanner throws(JSONScanner.Failure) in
                guard metrics.count < names.count else {
                    throw scanner.failure("\(names.count) values")
                }
                metrics.append(MetricValue(names[metrics.count], try scanner.double()))
            }
            guard metrics.count == names.count else {
                throw scanner.failure("\(names.count) values")
            }
            let width = block.generations.count
            records.append(
                GenerationRecord(
                    seed: block.seeds[row / width],
                    generation: block.generations.lowerBound + row % width, key: keys[row],
                    model: models[row], samples: samples[row], metrics: metrics))
        }
        guard records.count == count else { throw scanner.failure("\(count) rows") }
        return records
    }

    private static func header(
        _ scanner: inout JSONScanner, of block: RecordBlock
    ) throws(JSONScanner.Failure) {
        try scanner.expect(UInt8(ascii: "{"))
        try scanner.field("v", isFirst: true)
        guard try scanner.unsigned(Int.self) == version else {
            throw scanner.failure("version \(version)")
        }
        try scanner.field("arm")
        guard try scanner.string() == block.arm else {
            throw scanner.failure("the arm \(block.arm)")
        }
        try scanner.field("seeds")
        var seeds: [UInt64] = []
        try scanner.array { scanner throws(JSONScanner.Failure) in
            seeds.append(try scanner.unsigned())
        }
        try scanner.field("generations")
        var generations: [Int] = []
        try scanner.array { scanner throws(JSONScanner.Failure) in
            generations.append(try scanner.unsigned())
        }
        guard seeds == block.seeds,
            generations == [block.generations.lowerBound, block.generations.upperBound]
        else { throw scanner.failure("the seeds and generations of its name") }
    }
}

extension JSONWriter {
    /// A value for each row, or one value that all rows share.
    fileprivate mutating func column<Value: Equatable>(
        _ name: String, _ values: [Value], _ write: (inout JSONWriter, Value) -> Void
    ) {
        raw(",\n")
        string(name)
        raw(":")
        if let first = values.first, values.allSatisfy({ $0 == first }) {
            write(&self, first)
        } else {
            array(values, write)
        }
    }

    fileprivate mutating func optionalKey(_ key: ContentKey?) {
        if let key { string(key.digits) } else { raw("null") }
    }
}

extension JSONScanner {
    fileprivate mutating func column<Value>(
        _ name: String, count: Int, _ read: (inout JSONScanner) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        try field(name)
        guard peek() == UInt8(ascii: "[") else {
            return Array(repeating: try read(&self), count: count)
        }
        var values: [Value] = []
        values.reserveCapacity(count)
        try array { scanner throws(Failure) in values.append(try read(&scanner)) }
        guard values.count == count else { throw failure("\(count) values of \"\(name)\"") }
        return values
    }

    fileprivate mutating func optionalKey() throws(Failure) -> ContentKey? {
        if peek() == UInt8(ascii: "\"") { return ContentKey(digits: try string()) }
        guard try scalar() == .null else { throw failure("a key or null") }
        return nil
    }
}
