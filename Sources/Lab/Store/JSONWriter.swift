/// Writing JSON by hand: fixed order, compact, exact.
///
/// Records hold hundreds of thousands of numbers, and a number must come back with the same bits, so
/// the few forms that storage needs are written and read here rather than by a general coder.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    mutating func number(_ value: some BinaryInteger) {
        bytes.append(contentsOf: value.description.utf8)
    }

    /// The shortest decimal that reads back to the same bits; a word when JSON has no number for it.
    mutating func number(_ value: Double) {
        if value.isFinite {
            bytes.append(contentsOf: value.description.utf8)
        } else if !value.isNaN {
            value < 0 ? raw("\"-inf\"") : raw("\"inf\"")
        } else if value.bitPattern == Double.nan.bitPattern {
            raw("\"nan\"")
        } else {
            raw("\"nan:")
            bytes.append(contentsOf: String(value.bitPattern, radix: 16).utf8)
            raw("\"")
        }
    }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): raw("\\\"")
            case UInt8(ascii: "\\"): raw("\\\\")
            case UInt8(ascii: "\n"): raw("\\n")
            case UInt8(ascii: "\t"): raw("\\t")
            case 0..<32:
                raw(byte < 16 ? "\\u000" : "\\u001")
                bytes.append(contentsOf: String(byte % 16, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// `"name":`, after a comma unless the object was just opened.
    mutating func field(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// `[a,b,...]`.
    mutating func array<Elements: Sequence>(
        _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
