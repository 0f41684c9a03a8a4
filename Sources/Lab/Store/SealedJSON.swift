import Crypto

/// A JSON object that carries the SHA-256 of itself as its last field, so that any damage shows.
///
/// The sum is over every byte before `"sha256":"`.
enum SealedJSON {
    private static let opening = Array("\"sha256\":\"".utf8)
    private static let closing = Array("\"}\n".utf8)

    /// The text with its seal; `body` is an object without its closing brace.
    static func seal(_ body: JSONWriter) -> [UInt8] {
        var bytes = body.bytes
        bytes.append(contentsOf: ",\n".utf8)
        let digits = Hash.digits(of: bytes)
        bytes.append(contentsOf: opening)
        bytes.append(contentsOf: digits.utf8)
        bytes.append(contentsOf: closing)
        return bytes
    }

    /// A scanner at the start of the sealed object, or nil when the seal does not hold.
    static func open(_ bytes: [UInt8]) -> JSONScanner? {
        let length = opening.count + 64 + closing.count
        guard bytes.count >= length else { return nil }
        let body = bytes[..<(bytes.count - length)]
        let seal = bytes[body.endIndex...]
        guard
            seal.elementsEqual(opening + Array(Hash.digits(of: body).utf8) + closing)
        else { return nil }
        return JSONScanner(bytes)
    }
}

/// SHA-256 in lower-case hexadecimal digits.
enum Hash {
    static func digits(of bytes: some Sequence<UInt8>) -> String {
        let digest: SHA256.Digest
        if let result = bytes.withContiguousStorageIfAvailable({
            SHA256.hash(data: UnsafeRawBufferPointer($0))
        }) {
            digest = result
        } else {
            digest = SHA256.hash(data: [UInt8](bytes))
        }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
