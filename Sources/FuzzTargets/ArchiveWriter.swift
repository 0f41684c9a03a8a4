import CZlib

/// Writes small tar and ZIP archives, honest and hostile ones.
package enum ArchiveWriter {
    /// A member as an archive is to describe it.
    package struct Member {
        package var name: String
        package var content: [UInt8]
        /// The type of tar: `0` a file, `1` and `2` links, `3` a device, `5` a folder.
        package var type: Character
        /// What the archive says the size is; that of the content unless given.
        package var claimedSize: Int?

        package init(
            _ name: String, _ content: String = "", type: Character = "0", claimedSize: Int? = nil
        ) {
            self.init(name, Array(content.utf8), type: type, claimedSize: claimedSize)
        }

        package init(
            _ name: String, _ content: [UInt8], type: Character = "0", claimedSize: Int? = nil
        ) {
            self.name = name
            self.content = content
            self.type = type
            self.claimedSize = claimedSize
        }
    }

    // MARK: tar

    /// A tar archive. `x` and `L` members describe the one that follows them.
    package static func tar(_ members: [Member]) -> [UInt8] {
        members.flatMap { member in
            header(member) + member.content
                + [UInt8](repeating: 0, count: (512 - member.content.count % 512) % 512)
        } + [UInt8](repeating: 0, count: 1_024)
    }

    private static func header(_ member: Member) -> [UInt8] {
        func octal(_ number: Int, _ width: Int) -> [UInt8] {
            let digits = String(number, radix: 8)
            return Array((String(repeating: "0", count: width - digits.count) + digits).utf8)
        }
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], at position: Int) {
            for (index, byte) in bytes.enumerated() { block[position + index] = byte }
        }
        put(Array(member.name.utf8.prefix(100)), at: 0)
        put(octal(0o644, 7), at: 100)
        put(octal(member.claimedSize ?? member.content.count, 11), at: 124)
        put(Array(repeating: 0x20, count: 8), at: 148)
        put(Array(String(member.type).utf8), at: 156)
        put(Array("ustar\u{0}00".utf8), at: 257)
        put(octal(block.reduce(0) { $0 + Int($1) }, 6) + [0], at: 148)
        return block
    }

    // MARK: ZIP

    /// A ZIP archive; `overlapping` puts every member at the place of the first.
    package static func zip(
        _ members: [Member], isDeflated: Bool = true, overlapping: Bool = false
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let name = Array(member.name.utf8)
            let content = isDeflated ? deflated(member.content) : member.content
            let common =
                half(20) + half(0) + half(isDeflated ? 8 : 0) + word(0)
                + word(Int(crc32(0, member.content, UInt32(member.content.count))))
                + word(content.count) + word(member.claimedSize ?? member.content.count)
                + half(name.count) + half(0)
            let mode = member.type == "2" ? 0o120_777 : member.type == "3" ? 0o020_644 : 0o100_644
            directory += word(0x0201_4B50) + half(3 << 8) + common + half(0) + half(0) + half(0)
            directory += word(mode << 16) + word(overlapping ? 0 : bytes.count) + name
            bytes += word(0x0403_4B50) + common + name + content
        }
        let end =
            word(0x0605_4B50) + word(0) + half(members.count) + half(members.count)
            + word(directory.count) + word(bytes.count) + half(0)
        return bytes + directory + end
    }

    private static func half(_ number: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
    }

    private static func word(_ number: Int) -> [UInt8] { half(number) + half(number >> 16) }

    // MARK: Compression

    /// A deflate stream without header and checksum.
    package static func deflated(_ bytes: [UInt8]) -> [UInt8] { compressed(bytes, window: -15) }

    /// A gzip file.
    package static func gzip(_ bytes: [UInt8]) -> [UInt8] { compressed(bytes, window: 31) }

    /// A zlib stream.
    package static func zlib(_ bytes: [UInt8]) -> [UInt8] { compressed(bytes, window: 15) }

    private static func compressed(_ bytes: [UInt8], window: Int32) -> [UInt8] {
        var input = bytes
        var stream = z_stream()
        deflateInit2_(
            &stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
            Int32(MemoryLayout<z_stream>.size))
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { target, filled in
            input.withUnsafeMutableBufferPointer { source in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                deflate(&stream, Z_FINISH)
            }
            filled = target.count - Int(stream.avail_out)
            deflateEnd(&stream)
        }
    }
}
