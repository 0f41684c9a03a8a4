/// A JSON value with its strings as bytes, so that keys are compared byte by byte.
package indirect enum JSONTree {
    case null
    case bool(Bool)
    case integer(Int)
    case real(Double)
    case string([UInt8])
    case array([JSONTree])
    case object([Member])

    package struct Member {
        package var key: [UInt8]
        package var value: JSONTree
    }

    /// The word for this kind of value in a message.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer, .real: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The value of a member of an object; `nil` if absent or if this is no object.
    package subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.elementsEqual(key.utf8) }?.value
    }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The text of a string, for messages and names.
    package var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}
