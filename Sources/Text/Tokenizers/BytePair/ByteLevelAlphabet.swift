/// GPT-2's spelling of bytes as printable characters, used in `tokenizer.json`.
///
/// The printable bytes of Latin-1 stand for themselves; the other 68, in rising order, are U+0100
/// and up. Sorting bytes by their character gives the order in which a trained vocabulary begins.
enum ByteLevelAlphabet {
    /// The character that spells each byte.
    static let scalars: [UInt32] = {
        var scalars: [UInt32] = []
        var next: UInt32 = 0x100
        for byte in UInt32(0)...255 {
            let isPrintable =
                (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte)
                || (0xAE...0xFF).contains(byte)
            scalars.append(isPrintable ? byte : next)
            if !isPrintable { next += 1 }
        }
        return scalars
    }()

    /// The bytes by rising character.
    static let orderedBytes: [UInt8] = (UInt8.min...UInt8.max).sorted {
        scalars[Int($0)] < scalars[Int($1)]
    }

    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x100 + 68)
        for byte in UInt8.min...UInt8.max { bytes[Int(scalars[Int(byte)])] = byte }
        return bytes
    }()

    /// The UTF-8 of the characters that spell `bytes`.
    static func spell(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        for byte in bytes {
            let scalar = scalars[Int(byte)]
            if scalar < 0x80 {
                text.append(UInt8(scalar))
            } else {
                text.append(UInt8(0xC0 | scalar >> 6))
                text.append(UInt8(0x80 | scalar & 0x3F))
            }
        }
        return text
    }

    /// The bytes that the UTF-8 `text` spells; `nil` if it has a character outside the alphabet.
    static func bytes(spelledBy text: some Collection<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var iterator = text.makeIterator()
        while let lead = iterator.next() {
            var scalar = Int(lead)
            if lead >= 0x80 {
                guard lead & 0xE0 == 0xC0, let next = iterator.next() else { return nil }
                scalar = Int(lead & 0x1F) << 6 | Int(next & 0x3F)
            }
            guard scalar < bytes.count, let byte = bytes[scalar] else { return nil }
            result.append(byte)
        }
        return result
    }
}
