/// A JSON value with the order of its members; strings are bytes, so that keys are compared byte by
/// byte.
///
/// A whole number is distinguished from another, and comes back as one: `1` is not `1.0`.
package indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case real(Double)
    case string([UInt8])
    case array([JSONValue])
    case object([Member])

    /// A name of an object with its value.
    package struct Member: Sendable {
        /// The name as UTF-8, without quotes and escapes.
        package var key: [UInt8]
        /// The value that belongs to the name.
        package var value: JSONValue

        package init(key: [UInt8], value: JSONValue) {
            self.key = key
            self.value = value
        }

        package init(_ key: String, _ value: JSONValue) {
            self.init(key: Array(key.utf8), value: value)
        }
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
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.elementsEqual(key.utf8) }?.value
    }

    /// Whether this is `null`.
    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The text of a string, for messages and names.
    package var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    /// The value of a number without fraction and exponent; nil for anything else, such as `1.0` or
    /// a number beyond `Int`.
    package var wholeNumber: Int? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The elements of an array; nil for anything else.
    package var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// A string value of a Swift string.
    package static func text(_ text: String) -> JSONValue { .string(Array(text.utf8)) }

    /// An object with its members in the given order.
    package static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { Member($0.key, $0.value) })
    }
}
