/// A value of a specification: what a YAML or JSON file can say, with the order of keys kept.
public indirect enum SpecificationValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([SpecificationValue])
    case map(SpecificationMap)
}

/// An ordered map of specification values.
public struct SpecificationMap: Hashable, Sendable {
    /// A key with its value.
    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: SpecificationValue

        public init(_ key: String, _ value: SpecificationValue) {
            self.key = key
            self.value = value
        }
    }

    public private(set) var entries: [Entry]

    public init(_ entries: [Entry] = []) {
        self.entries = []
        for entry in entries { self[entry.key] = entry.value }
    }

    public var keys: [String] { entries.map(\.key) }

    /// The value at a key. Setting a new key appends it; setting nil removes the key.
    public subscript(key: String) -> SpecificationValue? {
        get { entries.first { $0.key == key }?.value }
        set {
            let position = entries.firstIndex { $0.key == key }
            switch (position, newValue) {
            case (let position?, let value?): entries[position].value = value
            case (let position?, nil): entries.remove(at: position)
            case (nil, let value?): entries.append(Entry(key, value))
            case (nil, nil): break
            }
        }
    }
}

extension SpecificationValue {
    public static func map(_ entries: [SpecificationMap.Entry]) -> SpecificationValue {
        .map(SpecificationMap(entries))
    }

    /// The value at a key of a map; nil for other values and missing keys.
    public subscript(key: String) -> SpecificationValue? {
        guard case .map(let map) = self else { return nil }
        return map[key]
    }

    /// One line of JSON with the keys in their order: the form that is hashed and compared.
    ///
    /// Numbers are written in their shortest form that reads back to the same bits; a number
    /// without fraction reads `1.0`, so that it never equals an integer.
    public var canonicalText: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.isFinite ? "\(value)" : "\"\(value)\""
        case .text(let value): JSONText.quoted(value)
        case .list(let values): "[" + values.map(\.canonicalText).joined(separator: ",") + "]"
        case .map(let map):
            "{"
                + map.entries.map { JSONText.quoted($0.key) + ":" + $0.value.canonicalText }
                .joined(separator: ",") + "}"
        }
    }
}

/// The little JSON that is written by hand, because its bytes must be deterministic.
public enum JSONText {
    /// A JSON string literal, in which scalars that are not printable are escaped.
    public static func quoted(
        _ text: String, isPrintable: (Unicode.Scalar) -> Bool = { $0.value >= 0x20 }
    ) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where !isPrintable(scalar):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
