import CZlib

/// Reads ZIP archives, wheels among them: files as they are or deflated, up to 4 GiB.
package struct ZIPArchive {
    private static let endMark: UInt32 = 0x0605_4B50
    private static let entryMark: UInt32 = 0x0201_4B50
    private static let localMark: UInt32 = 0x0403_4B50

    private let bytes: UnsafeRawBufferPointer
    private let entries: [Entry]

    private struct Entry {
        var member: PackageMember
        var method: Int
        var isEncrypted: Bool
        var checksum: UInt32
        /// The compressed content.
        var content: Range<Int>
    }

    /// Reads the directory of an archive that stays in memory while this value is used.
    ///
    /// - Throws: ``Unpacker/Refusal`` where it is damaged or its files overlap.
    package init(_ bytes: UnsafeRawBufferPointer, limits: UnpackingLimits = .usual) throws {
        self.bytes = bytes
        let reader = Reader(bytes: bytes)
        let end = try Self.end(of: reader)
        let count = try reader.half(end + 10)
        let directory = Int(try reader.word(end + 16))
        let isOneDisk = try reader.word(end + 4) == 0 && reader.half(end + 8) == count
        guard isOneDisk, count < 0xFFFF, directory < 0xFFFF_FFFF else {
            throw Unpacker.Refusal(problem: "it is a ZIP archive in parts or in the ZIP64 form")
        }
        guard count <= limits.members else {
            throw Unpacker.Refusal(
                problem: "it holds more than the \(limits.members) files allowed")
        }
        var entries: [Entry] = []
        var places: [Range<Int>] = []
        var position = directory
        for _ in 0..<count {
            guard position < end, try reader.word(position) == Self.entryMark else {
                throw Reader.damaged
            }
            let (entry, start) = try Self.entry(at: position, reader)
            guard entry.content.upperBound <= directory else { throw Reader.damaged }
            entries.append(entry)
            places.append(start..<entry.content.upperBound)
            // What follows an entry: its name, more of it, a comment.
            let lengths = try [28, 30, 32].map { try reader.half(position + $0) }
            position += 46 + lengths.reduce(0, +)
        }
        guard position <= end else { throw Reader.damaged }
        places.sort { $0.lowerBound < $1.lowerBound }
        for (place, next) in zip(places, places.dropFirst())
        where place.upperBound > next.lowerBound {
            throw Unpacker.Refusal(problem: "it has files that overlap")
        }
        self.entries = entries
    }

    /// Hands every member to `unpacker`.
    ///
    /// - Throws: ``Unpacker/Refusal`` for what is damaged and what the unpacker refuses.
    package func unpack(with unpacker: inout Unpacker) throws {
        for entry in entries {
            guard let path = try unpacker.destination(of: entry.member) else { continue }
            let name = entry.member.name
            guard !entry.isEncrypted else {
                throw Unpacker.Refusal(problem: "\(name) is encrypted")
            }
            try unpacker.count(entry.member.size)
            let stored = MemorySource(UnsafeRawBufferPointer(rebasing: bytes[entry.content]))
            switch entry.method {
            case 0: try write(entry, from: stored, to: path, unpacker)
            case 8:
                try write(entry, from: InflatingSource(.deflate, of: stored), to: path, unpacker)
            default:
                throw Unpacker.Refusal(
                    problem: "\(name) is compressed by method \(entry.method); readable are 0 and 8"
                )
            }
        }
    }

    // MARK: Contents

    /// Writes a content that must have the size and the checksum of the directory.
    private func write(
        _ entry: Entry, from source: any ByteSource, to path: String,
        _ unpacker: borrowing Unpacker
    ) throws {
        let name = entry.member.name
        var count = 0
        var checksum: UInt = 0
        try unpacker.write(to: path) {
            let block = try source.next(1 << 16)
            count += block.count
            guard count <= entry.member.size else {
                throw Unpacker.Refusal(
                    problem: "\(name) has more than the \(entry.member.size) bytes it promises")
            }
            // For no bytes zlib begins anew.
            if !block.isEmpty { checksum = crc32(checksum, block, UInt32(block.count)) }
            return block
        }
        guard count == entry.member.size, checksum == UInt(entry.checksum) else {
            throw Unpacker.Refusal(problem: "\(name) does not match its size or checksum")
        }
    }

    // MARK: The directory

    /// Where the record at the end begins: it holds the directory's place, and a comment may
    /// follow.
    private static func end(of reader: Reader) throws -> Int {
        let length = 22
        let last = reader.bytes.count - length
        guard last >= 0 else { throw Reader.damaged }
        for position in stride(from: last, through: max(0, last - 0xFFFF), by: -1)
        where try reader.word(position) == endMark {
            if try position + length + reader.half(position + 20) == reader.bytes.count {
                return position
            }
        }
        throw Reader.damaged
    }

    /// An entry of the directory, and where its local header begins.
    private static func entry(at position: Int, _ reader: Reader) throws -> (Entry, start: Int) {
        let name = try reader.bytes(position + 46, try reader.half(position + 28))
        let start = Int(try reader.word(position + 42))
        let sizes = (
            compressed: Int(try reader.word(position + 20)),
            plain: Int(try reader.word(position + 24))
        )
        let localName = try reader.bytes(start + 30, try reader.half(start + 26))
        guard try reader.word(start) == localMark, localName.elementsEqual(name) else {
            throw Unpacker.Refusal(
                problem: "\"\(String(decoding: name, as: UTF8.self))\" is not where it should be")
        }
        let begin = start + 30 + localName.count + (try reader.half(start + 28))
        let text = String(decoding: name, as: UTF8.self)
        // The upper half of the attributes is the mode, where the archive was made by Unix.
        let mode = try reader.half(position + 4) >> 8 == 3 ? reader.half(position + 40) >> 12 : 0
        let kind: PackageMember.Kind =
            switch mode {
            case 0, 0x8: text.hasSuffix("/") ? .folder : .file
            case 0x4: .folder
            case 0xA: .link
            default: .other
            }
        return (
            Entry(
                member: PackageMember(name: text, kind: kind, size: sizes.plain),
                method: try reader.half(position + 10),
                isEncrypted: try reader.half(position + 8) & 1 != 0,
                checksum: try reader.word(position + 16),
                content: begin..<begin + sizes.compressed), start
        )
    }

    /// Little-endian numbers at places that need not be there.
    private struct Reader {
        static let damaged = Unpacker.Refusal(
            problem: "it is no ZIP archive, or cut short or damaged")

        let bytes: UnsafeRawBufferPointer

        func bytes(_ position: Int, _ count: Int) throws -> UnsafeRawBufferPointer {
            guard position >= 0, position <= bytes.count - count else { throw Self.damaged }
            return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
        }

        func half(_ position: Int) throws -> Int {
            Int(try UInt16(littleEndian: bytes(position, 2).loadUnaligned(as: UInt16.self)))
        }

        func word(_ position: Int) throws -> UInt32 {
            try UInt32(littleEndian: bytes(position, 4).loadUnaligned(as: UInt32.self))
        }
    }
}
