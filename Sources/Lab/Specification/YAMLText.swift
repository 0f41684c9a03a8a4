import Collapse
import Support

/// The YAML that the lab writes: its bytes are a function of the values alone.
enum YAMLText {
    /// A value with its text decided, before it is laid out on lines.
    indirect enum Layout {
        /// Text that fits behind a key: a scalar, or a list or map in brackets.
        case line(String)
        case map([(key: String, value: Layout)])
        case list([Layout])
    }

    /// A finite number in its shortest form that reads back to the same bits.
    ///
    /// `1e-05` becomes `1.0e-05`, because YAML 1.1 readers take a number without a point for text.
    /// With `keepsFraction`, a whole number reads `3.0`, so that it stays a number where no
    /// declaration says so.
    static func number(_ value: Double, keepsFraction: Bool) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        if !keepsFraction, value.rounded() == value, abs(value) < 1e15 { return String(Int(value)) }
        let text = "\(value)"
        guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else {
            return text
        }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    /// Text, in quotes unless every reader of YAML takes it for the same text without.
    static func text(_ text: String) -> String {
        let isWord =
            text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_-./ ".utf8.contains(byte)
                }
            } && text.utf8.first.map(isLetter) ?? false && text.utf8.last != UInt8(ascii: " ")
        let reserved = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        return isWord && !reserved.contains(text.lowercased()) ? text : quoted(text)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    /// A key: an arm's name or a dotted path may need quotes.
    static func key(_ key: String) -> String { text(key) }

    /// A double-quoted scalar. What YAML calls not printable is escaped, and so are the line
    /// separators that readers would fold.
    static func quoted(_ text: String) -> String {
        JSONText.quoted(text) { scalar in
            switch scalar.value {
            case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
                0x10000...0x10FFFF:
                true
            default:
                false
            }
        }
    }

    // MARK: Layout

    /// A value without a declaration: reads back as the same value.
    static func layout(_ value: SpecificationValue) -> Layout {
        switch value {
        case .null: return .line("null")
        case .boolean(let value): return .line(value ? "true" : "false")
        case .integer(let value): return .line(String(value))
        case .number(let value): return .line(number(value, keepsFraction: true))
        case .text(let value): return .line(text(value))
        case .list(let values): return list(values.map(layout))
        case .map(let map):
            if map.entries.isEmpty { return .line("{}") }
            return .map(map.entries.map { ($0.key, layout($0.value)) })
        }
    }

    /// A value of a declared type: reads back as the same value under the declaration.
    static func layout(_ value: SpecificationValue, _ type: KeyType) -> Layout {
        switch (type, value) {
        case (.optional, .null): return .line("null")
        case (.optional(let type), _): return layout(value, type)
        case (.number, _): return .line(number(value.numberValue, keepsFraction: false))
        case (.list(.integer), .list(let values)):
            let numbers = values.map(\.integerValue)
            if numbers.count > 2,
                zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < .max && $0 + 1 == $1 })
            {
                return .line("\(numbers[0])..\(numbers[numbers.count - 1])")
            }
            return list(values.map(layout))
        case (.list(let element), .list(let values)):
            return list(values.map { layout($0, element) })
        case (.group(let keys), .map(let map)), (.textOrGroup(let keys), .map(let map)),
            (.changes(let keys), .map(let map)):
            return fields(keys, map, tag: nil)
        case (.tagged(let group), .map(let map)):
            let tag = value[group.tag]?.textValue ?? ""
            let variant = group.variants.first { $0.name == tag }
            if let short = shorthand(group, tag, map) { return short }
            return fields(variant?.keys ?? [], map, tag: group.tag)
        default: return layout(value)
        }
    }

    private static func fields(
        _ keys: [KeyDeclaration], _ map: SpecificationMap, tag: String?
    ) -> Layout {
        var entries: [(key: String, value: Layout)] = []
        if let tag, let value = map[tag] { entries.append((tag, layout(value))) }
        for declaration in keys {
            guard let value = map[declaration.key] else { continue }
            entries.append((declaration.key, layout(value, declaration.type)))
        }
        return entries.isEmpty ? .line("{}") : .map(entries)
    }

    /// The bare value that stands for the group, where it is sure to read back as the group.
    private static func shorthand(
        _ group: TaggedGroup, _ tag: String, _ map: SpecificationMap
    ) -> Layout? {
        guard let shorthand = group.shorthand, shorthand.variant == tag,
            map.entries.count == 2, let value = map[shorthand.key]
        else { return nil }
        switch (shorthand.type.unwrapped, value) {
        case (.number, .number), (.integer, .integer), (.boolean, .boolean):
            return layout(value, shorthand.type)
        default: return nil
        }
    }

    private static func list(_ elements: [Layout]) -> Layout {
        var lines: [String] = []
        for element in elements {
            guard case .line(let line) = element else { return .list(elements) }
            lines.append(line)
        }
        return .line("[" + lines.joined(separator: ", ") + "]")
    }

    /// The lines of `key: value`, indented.
    static func lines(_ key: String, _ value: Layout, indent: Int = 0) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let head = margin + self.key(key) + ":"
        switch value {
        case .line(let line): return [head + " " + line]
        case .map(let entries):
            return [head] + entries.flatMap { lines($0.key, $0.value, indent: indent + 2) }
        case .list(let elements):
            return [head] + elements.flatMap { item($0, indent: indent + 2) }
        }
    }

    /// The lines of `- value`.
    private static func item(_ value: Layout, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var inner: [String]
        switch value {
        case .line(let line): return [margin + "- " + line]
        case .map(let entries):
            inner = entries.flatMap { lines($0.key, $0.value, indent: indent + 2) }
        case .list(let elements):
            inner = elements.flatMap { item($0, indent: indent + 2) }
        }
        inner[0] = margin + "- " + inner[0].dropFirst(indent + 2)
        return inner
    }
}
