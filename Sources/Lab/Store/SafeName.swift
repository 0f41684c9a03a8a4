import Support

/// Names of arms as names of folders.
enum SafeName {
    /// Different texts give different names, and none is hidden, a path, or longer than 255 bytes.
    ///
    /// Letters, digits and `-_.+=,@` of ASCII stand for themselves, except a `.` in front; any
    /// other byte of the UTF-8 is `%XX`. A name that would be too long ends in `%-` and the text's
    /// SHA-256.
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var name: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "@"):
                name.append(byte)
            case UInt8(ascii: ".") where !name.isEmpty: name.append(byte)
            default:
                name += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        guard !name.isEmpty else { return "%" }
        guard name.count > 240 else { return String(decoding: name, as: UTF8.self) }
        let hash = SHA256.digest(of: text.utf8).hexadecimal
        return String(decoding: name.prefix(160), as: UTF8.self) + "%-" + hash
    }
}
