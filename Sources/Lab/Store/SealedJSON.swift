package import Support

/// A JSON object that carries the SHA-256 of itself as its last field, so that any damage shows.
///
/// The sum is over every byte before `"sha256":"`.
package enum SealedJSON {
    private static let opening = Array("\"sha256\":\"".utf8)
    private static let closing = Array("\"}\n".utf8)

    /// The text with its seal; `body` is an object without its closing brace.
    package static func seal(_ body: JSONWriter) -> [UInt8] {
        var bytes = body.bytes
        bytes.append(contentsOf: ",\n".utf8)
        let digits = SHA256.digest(of: bytes).hexadecimal
        bytes.append(contentsOf: opening)
        bytes.append(contentsOf: digits.utf8)
        bytes.append(contentsOf: closing)
        return bytes
    }

    /// A reader at the start of the sealed object, or nil when the seal does not hold.
    static func open(_ bytes: [UInt8]) -> JSONReader? {
        isWhole(bytes) ? JSONReader(bytes) : nil
    }

    /// Whether the seal holds.
    static func isWhole(_ bytes: [UInt8]) -> Bool {
        let length = opening.count + 64 + closing.count
        guard bytes.count >= length else { return false }
        let body = bytes[..<(bytes.count - length)]
        let seal = bytes[body.endIndex...]
        return seal.elementsEqual(
            opening + Array(SHA256.digest(of: body).hexadecimal.utf8) + closing)
    }
}
