/// Writes JSON with two spaces of indentation, byte for byte as Hugging Face's writer does.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var depth = 0
    private var isFirst = true

    static func write(_ tree: JSONTree) -> [UInt8] {
        var writer = JSONWriter()
        writer.append(tree)
        return writer.bytes
    }

    private mutating func append(_ tree: JSONTree) {
        switch tree {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(value.description)
        case .real(let value): append(value.description)
        case .string(let value): append(string: value)
        case .array(let elements):
            guard !elements.isEmpty else { return append("[]") }
            open("[")
            for element in elements {
                separate()
                append(element)
            }
            close("]")
        case .object(let members):
            guard !members.isEmpty else { return append("{}") }
            open("{")
            for member in members {
                separate()
                append(string: member.key)
                append(": ")
                append(member.value)
            }
            close("}")
        }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func open(_ bracket: String) {
        append(bracket)
        depth += 1
        isFirst = true
    }

    private mutating func separate() {
        if !isFirst { append(",") }
        isFirst = false
        newLine()
    }

    private mutating func close(_ bracket: String) {
        depth -= 1
        isFirst = false
        newLine()
        append(bracket)
    }

    private mutating func newLine() {
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }

    private mutating func append(string: [UInt8]) {
        bytes.append(0x22)
        for byte in string {
            switch byte {
            case 0x22: append("\\\"")
            case 0x5C: append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case ..<0x20:
                let digits = String(byte, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}

extension JSONTree {
    /// A string value of a Swift string.
    static func text(_ text: String) -> JSONTree { .string(Array(text.utf8)) }

    /// An object with its members in the given order.
    static func object(_ members: KeyValuePairs<String, JSONTree>) -> JSONTree {
        .object(members.map { Member(key: Array($0.key.utf8), value: $0.value) })
    }
}
