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
        /// The name, unique within its map.
        public var key: String
        /// What the file gives for the key.
        public var value: SpecificationValue

        public init(_ key: String, _ value: SpecificationValue) {
            self.key = key
            self.value = value
        }
    }

    /// The entries in their order, with no key twice.
    public private(set) var entries: [Entry]

    public init(_ entries: [Entry] = []) {
        self.entries = []
        for entry in entries { self[entry.key] = entry.value }
    }

    /// The keys in their order.
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
    /// A map of entries; a repeated key keeps its first position and its last value.
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
        String(decoding: JSONWriter.write(json), as: UTF8.self)
    }

    /// The same value as JSON.
    package var json: JSONValue {
        switch self {
        case .null: .null
        case .boolean(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .real(value)
        case .text(let value): .text(value)
        case .list(let values): .array(values.map(\.json))
        case .map(let map): .object(map.entries.map { .init($0.key, $0.value.json) })
        }
    }
}
