import Collapse

/// Reads `metrics.csv`, strictly: what `MetricTable.csv` writes and nothing else.
enum MetricTableReader {
    static func table(_ bytes: [UInt8], path: String) throws(StoreError) -> MetricTable {
        var reader = Reader(bytes: bytes, path: path)
        guard try reader.row() == MetricTable.header.split(separator: ",").map(String.init) else {
            throw reader.failure("expected the header \(MetricTable.header)")
        }
        var table = MetricTable()
        while let fields = try reader.row() {
            guard fields.count == 5 else {
                throw reader.failure("found \(fields.count) fields, expected \(MetricTable.header)")
            }
            guard let seed = UInt64(fields[1]) else {
                throw reader.failure("the seed \"\(fields[1])\" is not a whole number")
            }
            guard let generation = Int(fields[2]), generation >= 0 else {
                throw reader.failure("the generation \"\(fields[2])\" is not a whole number")
            }
            guard let value = Double(fields[4]) else {
                throw reader.failure("the value \"\(fields[4])\" is not a number")
            }
            let (arm, metric) = (fields[0], fields[3])
            guard table.value(arm: arm, seed: seed, generation: generation, metric: metric) == nil
            else {
                throw reader.failure(
                    "\(metric) of \(arm), seed \(seed), generation \(generation) occurs twice")
            }
            table.append(
                .init(arm: arm, seed: seed, generation: generation, metric: metric, value: value))
        }
        return table
    }

    private struct Reader {
        let bytes: [UInt8]
        let path: String
        private var position = 0
        /// The line at which the row read last begins, from 1.
        private var line = 1
        private var nextLine = 1

        init(bytes: [UInt8], path: String) {
            self.bytes = bytes
            self.path = path
        }

        func failure(_ finding: String) -> StoreError {
            StoreError(.malformed(line: line, finding), path: path)
        }

        /// The fields of the next row, or nil at the end.
        mutating func row() throws(StoreError) -> [String]? {
            line = nextLine
            guard position < bytes.count else { return nil }
            var fields: [String] = []
            while true {
                fields.append(try field())
                guard position < bytes.count else { throw failure("the line has no end") }
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\n") {
                    nextLine += 1
                    return fields
                }
                guard byte == UInt8(ascii: ",") else {
                    throw failure("expected a comma after a quoted field")
                }
            }
        }

        private mutating func field() throws(StoreError) -> String {
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                return try quotedField()
            }
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: ","),
                bytes[position] != UInt8(ascii: "\n")
            {
                guard bytes[position] != UInt8(ascii: "\"") else {
                    throw failure("a quote inside a field that does not begin with one")
                }
                position += 1
            }
            return try text(bytes[start..<position])
        }

        private mutating func quotedField() throws(StoreError) -> String {
            position += 1
            var content: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") {
                    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                        return try text(content)
                    }
                    position += 1
                }
                if byte == UInt8(ascii: "\n") { nextLine += 1 }
                content.append(byte)
            }
            throw failure("a quoted field has no end")
        }

        private func text(_ bytes: some Collection<UInt8>) throws(StoreError) -> String {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw failure("a name is not UTF-8")
            }
            return text
        }
    }
}
