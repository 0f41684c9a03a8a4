package import Collapse
import Support

/// The file of a block of records: compact JSON in columns, exact to the last bit, sealed.
///
/// Rows are in the order of the seeds and, within a seed, of the generations. A column whose rows
/// all hold the same is written once; `values` holds a row of metrics a line, whose names are the
/// list of `metrics` that `shape` numbers.
package enum RecordFile {
    private static let version = 1

    // MARK: Names

    /// Where the block belongs below the folder of records, such as
    /// `replace/seed-3/generation-007.json` or `replace/seeds-0-255/generations-0-50.json`.
    static func path(of block: RecordBlock) -> String {
        "\(SafeName.encode(block.arm))/\(folder(of: block.seeds))/\(name(of: block.generations)).json"
    }

    static func folder(of seeds: [UInt64]) -> String {
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
        guard generations.lowerBound >= 0 else { return "base" }
        let digits = String(generations.lowerBound)
        return "generation-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    // MARK: Writing

    /// The text of a block, from one record for each of its seeds and generations, in any order.
    package static func encode(_ records: [GenerationRecord], of block: RecordBlock) -> [UInt8] {
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
    package static func decode(
        _ bytes: [UInt8], of block: RecordBlock, path: String
    ) throws(StoreError) -> [GenerationRecord] {
        guard var reader = SealedJSON.open(bytes) else {
            throw StoreError(
                .damagedRecord("its content does not match the sum at its end"), path: path)
        }
        do {
            return try records(&reader, of: block)
        } catch {
            throw StoreError(.damagedRecord(error.description), path: path)
        }
    }

    private static func records(
        _ reader: inout JSONReader, of block: RecordBlock
    ) throws(JSONSyntaxError) -> [GenerationRecord] {
        let count = block.seeds.count * block.generations.count
        try header(&reader, of: block)
        let keys = try reader.column("key", count: count) { reader throws(JSONSyntaxError) in
            ContentKey(digits: try reader.text())
        }
        let models = try reader.column("model", count: count) {
            reader throws(JSONSyntaxError) in
            try reader.optionalKey()
        }
        let samples = try reader.column("samples", count: count) {
            reader throws(JSONSyntaxError) in
            try reader.optionalKey()
        }
        try reader.field("metrics")
        var shapes: [[String]] = []
        try reader.array { reader throws(JSONSyntaxError) in
            var names: [String] = []
            try reader.array { reader throws(JSONSyntaxError) in
                names.append(try reader.text())
            }
            shapes.append(names)
        }
        let shape = try reader.column("shape", count: count) {
            reader throws(JSONSyntaxError) in
            try reader.count()
        }
        try reader.field("values")
        var records: [GenerationRecord] = []
        records.reserveCapacity(count)
        try reader.array { reader throws(JSONSyntaxError) in
            let row = records.count
            guard row < count, shape[row] < shapes.count else {
                throw reader.error("there should be no row \(row)")
            }
            let names = shapes[shape[row]]
            var metrics: [MetricValue] = []
            metrics.reserveCapacity(names.count)
            try reader.array { reader throws(JSONSyntaxError) in
                guard metrics.count < names.count else {
                    throw reader.error("expected \(names.count) values")
                }
                metrics.append(MetricValue(names[metrics.count], try reader.double()))
            }
            guard metrics.count == names.count else {
                throw reader.error("expected \(names.count) values")
            }
            let width = block.generations.count
            records.append(
                GenerationRecord(
                    seed: block.seeds[row / width],
                    generation: block.generations.lowerBound + row % width, key: keys[row],
                    model: models[row], samples: samples[row], metrics: metrics))
        }
        guard records.count == count else { throw reader.error("expected \(count) rows") }
        return records
    }

    private static func header(
        _ reader: inout JSONReader, of block: RecordBlock
    ) throws(JSONSyntaxError) {
        try reader.expect(UInt8(ascii: "{"))
        try reader.field("v", isFirst: true)
        guard try reader.count() == version else {
            throw reader.error("expected version \(version)")
        }
        try reader.field("arm")
        guard try reader.text() == block.arm else {
            throw reader.error("expected the arm \(block.arm)")
        }
        try reader.field("seeds")
        var seeds: [UInt64] = []
        try reader.array { reader throws(JSONSyntaxError) in
            seeds.append(try reader.unsigned())
        }
        try reader.field("generations")
        var generations: [Int] = []
        try reader.array { reader throws(JSONSyntaxError) in
            guard let generation = Int(exactly: try reader.double()) else {
                throw reader.error("expected a whole number")
            }
            generations.append(generation)
        }
        guard seeds == block.seeds,
            generations == [block.generations.lowerBound, block.generations.upperBound]
        else { throw reader.error("expected the seeds and generations of its name") }
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

extension JSONReader {
    fileprivate mutating func column<Value>(
        _ name: String, count: Int, _ read: (inout JSONReader) throws(JSONSyntaxError) -> Value
    ) throws(JSONSyntaxError) -> [Value] {
        try field(name)
        guard peek() == UInt8(ascii: "[") else {
            return Array(repeating: try read(&self), count: count)
        }
        var values: [Value] = []
        values.reserveCapacity(count)
        try array { reader throws(JSONSyntaxError) in values.append(try read(&reader)) }
        guard values.count == count else { throw error("expected \(count) values of \"\(name)\"") }
        return values
    }

    fileprivate mutating func optionalKey() throws(JSONSyntaxError) -> ContentKey? {
        try null() ? nil : ContentKey(digits: try text())
    }
}
