/// Reads tar archives as they come: ustar, with the long names of GNU and pax.
///
/// A member is a header of 512 bytes and its content, filled up to a multiple of 512. Two headers
/// of zeros end the archive.
package struct TarArchive {
    private static let blockSize = 512
    /// The longest description of a member beyond its header.
    private static let greatestExtension = 1 << 20

    private let source: any ByteSource

    /// An archive whose bytes come from `source`.
    package init(_ source: any ByteSource) {
        self.source = source
    }

    /// Hands every member to `unpacker`.
    ///
    /// - Throws: ``Unpacker/Refusal`` where the archive is damaged or cut short, or for what the
    ///   unpacker refuses, and what the source throws.
    package func unpack(with unpacker: inout Unpacker) throws {
        var next = Extension()
        while let header = try header(&unpacker) {
            switch header.type {
            case UInt8(ascii: "L"):
                next.name = text(try content(of: header, &unpacker))
            case UInt8(ascii: "x"):
                try next.read(content(of: header, &unpacker))
            case UInt8(ascii: "K"), UInt8(ascii: "g"):
                // The target of a link, which is not followed; what holds for all members.
                _ = try content(of: header, &unpacker)
            default:
                try unpack(member(header, next), &unpacker)
                next = Extension()
            }
        }
    }

    // MARK: Members

    private func member(_ header: Header, _ next: Extension) -> PackageMember {
        let name = next.name ?? header.name
        let kind: PackageMember.Kind =
            switch header.type {
            case UInt8(ascii: "0"), 0, UInt8(ascii: "7"):
                next.isSparse ? .other : name.hasSuffix("/") ? .folder : .file
            case UInt8(ascii: "1"), UInt8(ascii: "2"): .link
            case UInt8(ascii: "5"): .folder
            default: .other
            }
        return PackageMember(name: name, kind: kind, size: next.size ?? header.size)
    }

    private func unpack(_ member: PackageMember, _ unpacker: inout Unpacker) throws {
        // Links and folders have no content, whatever they say.
        let count = member.kind == .link || member.kind == .folder ? 0 : member.size
        var left = count
        if let path = try unpacker.destination(of: member) {
            try unpacker.count(count)
            try unpacker.write(to: path) {
                let block = try take(min(left, 1 << 16))
                left -= block.count
                return block
            }
        } else {
            while left > 0 {
                let size = min(left, 1 << 16)
                try unpacker.count(size)
                left -= try take(size).count
            }
        }
        try fill(after: count)
    }

    /// The content of a member that describes the next one.
    private func content(of header: Header, _ unpacker: inout Unpacker) throws -> [UInt8] {
        guard header.size <= Self.greatestExtension else {
            throw Unpacker.Refusal(
                problem: "the name of a file takes \(header.size) bytes, more than the "
                    + "\(Self.greatestExtension) allowed")
        }
        try unpacker.count(header.size + Self.blockSize)
        let bytes = try take(header.size)
        try fill(after: header.size)
        return bytes
    }

    /// Passes over what fills up the last block of a content.
    private func fill(after count: Int) throws {
        _ = try take((Self.blockSize - count % Self.blockSize) % Self.blockSize)
    }

    // MARK: Headers

    private struct Header {
        var name: String
        var size: Int
        var type: UInt8
    }

    /// The next header; nil at the end.
    private func header(_ unpacker: inout Unpacker) throws -> Header? {
        let block = try take(Self.blockSize)
        try unpacker.count(block.count)
        if block.allSatisfy({ $0 == 0 }) { return nil }
        let sum = 148..<156
        let expected = block.indices.reduce(0) {
            $0 + (sum.contains($1) ? 0x20 : Int(block[$1]))
        }
        guard try number(block[sum]) == expected else {
            throw Unpacker.Refusal(problem: "it is no tar archive, or damaged")
        }
        var name = text(block[..<100])
        // ustar proper splits long names; GNU's variant has a space after its mark.
        if block[257..<263].elementsEqual(Array("ustar\0".utf8)), block[345] != 0 {
            name = text(block[345..<500]) + "/" + name
        }
        return Header(name: name, size: try number(block[124..<136]), type: block[156])
    }

    /// A field's text, up to its first NUL.
    private func text(_ field: some Sequence<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A field's number: octal digits, or GNU's binary form for what these cannot hold.
    private func number(_ field: ArraySlice<UInt8>) throws -> Int {
        let damaged = Unpacker.Refusal(problem: "it is no tar archive, or damaged")
        if field.first == 0x80 {
            guard field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else { throw damaged }
            return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
        }
        var number = 0
        for byte in field.drop(while: { $0 == 0x20 }) {
            if byte == 0 || byte == 0x20 { break }
            guard (0x30...0x37).contains(byte) else { throw damaged }
            // At most 12 digits of three bits.
            number = number << 3 | Int(byte - 0x30)
        }
        return number
    }

    /// Exactly `count` bytes.
    private func take(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try source.next(count - bytes.count)
            guard !more.isEmpty else { throw Unpacker.Refusal(problem: "it is cut short") }
            bytes += more
        }
        return bytes
    }

    // MARK: Extensions

    /// What describes the next member beyond its header.
    private struct Extension {
        var name: String?
        var size: Int?
        var isSparse = false

        /// Reads records `LENGTH KEY=VALUE` that each end with a line feed; the length counts all
        /// of it.
        mutating func read(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                guard let space = rest.firstIndex(of: 0x20),
                    let count = Self.number(rest[..<space]), count <= rest.count,
                    count > space - rest.startIndex + 1,
                    let equals = rest.prefix(count)[space...].firstIndex(of: 0x3D)
                else { throw Unpacker.Refusal(problem: "it has a damaged pax header") }
                let key = String(decoding: rest[(space + 1)..<equals], as: UTF8.self)
                let value = rest.prefix(count)[(equals + 1)...].dropLast()
                switch key {
                case "path": name = String(decoding: value, as: UTF8.self)
                case "size":
                    guard let number = Self.number(value) else {
                        throw Unpacker.Refusal(problem: "it has a damaged pax header")
                    }
                    size = number
                default: if key.hasPrefix("GNU.sparse.") { isSparse = true }
                }
                rest = rest.dropFirst(count)
            }
        }

        private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
            let isPlain = digits.allSatisfy { (0x30...0x39).contains($0) }
            return isPlain ? Int(String(decoding: digits, as: UTF8.self)) : nil
        }
    }
}
