/// Writes JSON piece by piece: order as given, numbers exact, the same bytes on every machine.
package struct JSONWriter {
    /// What was written so far, as UTF-8.
    @usableFromInline package private(set) var bytes: [UInt8] = []

    package init() {}

    /// The text of a value.
    package static func write(_ value: JSONValue, _ layout: JSONLayout = .compact) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(value, layout)
        return writer.bytes
    }

    // MARK: Parts

    /// Appends text as it is, without quotes and escapes.
    package mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends one byte as it is.
    @usableFromInline
    package mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    /// Appends a whole number in decimal digits.
    package mutating func number(_ value: Int) { bytes.append(contentsOf: value.description.utf8) }

    /// Appends a whole number that is not negative, in decimal digits.
    package mutating func number(_ value: UInt64) {
        bytes.append(contentsOf: value.description.utf8)
    }

    /// The shortest decimal that reads back to the same bits; a word when JSON has no number for
    /// it.
    package mutating func number(_ value: Double) {
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

    /// Appends a string literal, quoted and escaped.
    package mutating func string(_ text: String) {
        quoted(text.utf8)
    }

    /// Appends a string literal of UTF-8 bytes, which are not checked.
    package mutating func string(_ text: [UInt8]) {
        quoted(text)
    }

    private mutating func quoted(_ text: some Sequence<UInt8>) {
        byte(UInt8(ascii: "\""))
        for byte in text {
            if let escape = JSONText.escape(byte) {
                bytes.append(contentsOf: escape.utf8)
            } else {
                bytes.append(byte)
            }
        }
        byte(UInt8(ascii: "\""))
    }

    /// `"name":`, after a comma unless the object was just opened.
    package mutating func field(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { byte(UInt8(ascii: ",")) }
        string(name)
        byte(UInt8(ascii: ":"))
    }

    /// `[a,b,...]`.
    @inlinable
    package mutating func array<Elements: Sequence>(
        _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        byte(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { byte(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, element)
        }
        byte(UInt8(ascii: "]"))
    }

    // MARK: Values

    /// A whole value.
    package mutating func value(_ value: JSONValue, _ layout: JSONLayout = .compact) {
        append(value, layout, depth: 0)
    }

    private mutating func append(_ value: JSONValue, _ layout: JSONLayout, depth: Int) {
        switch value {
        case .null: raw("null")
        case .bool(let truth): truth ? raw("true") : raw("false")
        case .integer(let number): self.number(number)
        case .real(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let elements):
            byte(UInt8(ascii: "["))
            list(elements, breaks: layout.breaksLines(of: value, depth: depth), layout, depth) {
                $0.append($1, layout, depth: depth + 1)
            }
            byte(UInt8(ascii: "]"))
        case .object(let members):
            byte(UInt8(ascii: "{"))
            list(members, breaks: layout.breaksLines(of: value, depth: depth), layout, depth) {
                $0.string($1.key)
                $0.byte(UInt8(ascii: ":"))
                if layout != .compact { $0.byte(UInt8(ascii: " ")) }
                $0.append($1.value, layout, depth: depth + 1)
            }
            byte(UInt8(ascii: "}"))
        }
    }

    private mutating func list<Element>(
        _ elements: [Element], breaks: Bool, _ layout: JSONLayout, _ depth: Int,
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        for (index, element) in elements.enumerated() {
            if index > 0 { byte(UInt8(ascii: ",")) }
            if breaks {
                newLine(depth + 1)
            } else if index > 0, layout != .compact {
                byte(UInt8(ascii: " "))
            }
            write(&self, element)
        }
        if breaks { newLine(depth) }
    }

    private mutating func newLine(_ depth: Int) {
        byte(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }
}

/// How a value is laid out on lines, each two spaces further in than what it belongs to.
package enum JSONLayout {
    /// All on one line without spaces.
    case compact
    /// Every element and member on a line of its own, as Hugging Face's writer has it.
    case indented
    /// As indented, but an array that holds no other arrays or objects is on one line.
    case shortArrays
    /// The members of the outermost object on lines of their own, what they hold on one line.
    case membersOnLines

    fileprivate func breaksLines(of value: JSONValue, depth: Int) -> Bool {
        switch (self, value) {
        case (_, .array(let elements)) where elements.isEmpty: false
        case (_, .object(let members)) where members.isEmpty: false
        case (.compact, _): false
        case (.indented, _): true
        case (.shortArrays, .array(let elements)): elements.contains(where: \.isCompound)
        case (.shortArrays, _): true
        case (.membersOnLines, _): depth == 0
        }
    }
}

extension JSONValue {
    fileprivate var isCompound: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}

/// String literals.
public enum JSONText {
    /// How a byte is written in a string literal; nil for itself.
    static func escape(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "\\"): "\\\\"
        case 0x08: "\\b"
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0C: "\\f"
        case 0x0D: "\\r"
        case ..<0x20: hexadecimal(UInt32(byte))
        default: nil
        }
    }

    private static func hexadecimal(_ code: UInt32) -> String {
        let digits = String(code, radix: 16)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// A string literal, in which scalars that are not printable are escaped too.
    public static func quoted(
        _ text: String, isPrintable: (Unicode.Scalar) -> Bool = { _ in true }
    ) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, let escape = escape(UInt8(scalar.value)) {
                result += escape
            } else if isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += hexadecimal(scalar.value)
            }
        }
        return result + "\""
    }
}
