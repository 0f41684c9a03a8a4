/// A testament of a SWORD module in the form zText: entries, one for a verse, in compressed blocks.
///
/// Three files, little-endian: `.bzs` has for each block its place in `.bzz`, its length there and
/// its length uncompressed, in 32 bits each; `.bzv` has for each entry, in the order of the verses,
/// its block, its place in the uncompressed block (32 bits each) and its length (16 bits); `.bzz`
/// has the blocks, zlib streams.
package struct SwordModule {
    /// The names of the testaments' files, without extension, in the order of the text.
    static let testaments = ["ot", "nt"]
    /// The extensions of a testament's files.
    static let extensions = ["bzs", "bzv", "bzz"]

    private let blocks: [UInt8]
    private let entries: [UInt8]
    private let compressed: [UInt8]
    private let file: String
    private let limit: Int

    /// A testament.
    ///
    /// - Parameters:
    ///   - blocks: The bytes of the `.bzs` file.
    ///   - entries: The bytes of the `.bzv` file.
    ///   - compressed: The bytes of the `.bzz` file.
    ///   - file: What to call the testament in an error.
    ///   - limit: The most bytes that blocks, and that entries, may have in all.
    package init(
        blocks: [UInt8], entries: [UInt8], compressed: [UInt8], file: String,
        limit: Int = Inflation.usualLimit
    ) {
        self.blocks = blocks
        self.entries = entries
        self.compressed = compressed
        self.file = file
        self.limit = limit
    }

    /// The entries that are not empty in the order of the verses, with a line feed between any two.
    /// One that several verses share stands once.
    package func text() throws(CorpusError) -> [UInt8] {
        guard blocks.count.isMultiple(of: 12), entries.count.isMultiple(of: 10) else {
            throw malformed("has a list of blocks or entries that is cut short")
        }
        var contents: [Int: [UInt8]] = [:]
        var inflated = 0
        var seen: Set<[Int]> = []
        var text: [UInt8] = []
        for position in stride(from: 0, to: entries.count, by: 10) {
            let block = Self.number(entries[position..<position + 4])
            let start = Self.number(entries[position + 4..<position + 8])
            let count = Self.number(entries[position + 8..<position + 10])
            guard count > 0, seen.insert([block, start]).inserted else { continue }
            if contents[block] == nil {
                let content = try content(ofBlock: block, limit: limit - inflated)
                inflated += content.count
                contents[block] = content
            }
            guard let content = contents[block], start <= content.count - count else {
                throw malformed("has entry \(position / 10) outside its block \(block)")
            }
            guard count < limit - text.count else {
                throw malformed("has entries of more than the \(limit) bytes allowed")
            }
            if !text.isEmpty { text.append(0x0A) }
            text += content[start..<start + count]
        }
        return text
    }

    private func content(ofBlock block: Int, limit: Int) throws(CorpusError) -> [UInt8] {
        guard block < blocks.count / 12 else {
            throw malformed("refers to block \(block) of \(blocks.count / 12)")
        }
        let numbers = (0..<3).map {
            Self.number(blocks[12 * block + 4 * $0..<12 * block + 4 * $0 + 4])
        }
        guard numbers[0] <= compressed.count - numbers[1] else {
            throw malformed("has block \(block) outside its file")
        }
        let content: [UInt8]
        do {
            content = try Inflation.inflate(
                compressed[numbers[0]..<numbers[0] + numbers[1]], limit: limit)
        } catch {
            throw malformed("block \(block): \(error.problem)")
        }
        guard content.count == numbers[2] else {
            throw malformed("block \(block) has \(content.count) bytes, not \(numbers[2])")
        }
        return content
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func malformed(_ problem: String) -> CorpusError {
        CorpusError(.malformedPackage(file: file, problem: problem))
    }
}
