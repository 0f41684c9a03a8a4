import Collapse
import Support

/// A value as it was written, with its location: what YAML says before any type is known.
struct SourceNode: Sendable {
    indirect enum Content: Sendable {
        case scalar(SourceScalar)
        case list([SourceNode])
        case map(SourceMap)
    }

    var content: Content
    /// The location of a scalar itself, and of the key in front of a list or map; nil for defaults.
    var location: SourceLocation?
    /// The keys that lead here in what was read.
    var path: [String]
    /// Made by an override that reached below this location, so that its keys may number list
    /// elements.
    var isOverridePath = false
    /// The text after the = of an override, which a key of text takes as it is.
    var written: String?
    /// Why that text is no YAML, or would lose a part as a comment: what other keys refuse it for.
    var problem: SpecificationError?

    var entries: [SourceEntry]? {
        if case .map(let map) = content { map.entries } else { nil }
    }

    subscript(key: String) -> SourceNode? {
        if case .map(let map) = content { map[key] } else { nil }
    }

    var isNull: Bool {
        if case .scalar(let scalar) = content { scalar.value == .null } else { false }
    }

    /// The value without regard to any declaration.
    var naturalValue: SpecificationValue {
        switch content {
        case .scalar(let scalar): scalar.value
        case .list(let elements): .list(elements.map(\.naturalValue))
        case .map(let map):
            .map(map.entries.map { SpecificationMap.Entry($0.key, $0.value.naturalValue) })
        }
    }

    /// The node that `value` would be read as; it has no location.
    static func of(_ value: SpecificationValue, path: [String]) -> SourceNode {
        let content: Content
        switch value {
        case .null: content = .scalar(SourceScalar(text: "null", isPlain: true))
        case .boolean(let value): content = .scalar(SourceScalar(text: "\(value)", isPlain: true))
        case .integer(let value): content = .scalar(SourceScalar(text: "\(value)", isPlain: true))
        case .number(let value): content = .scalar(SourceScalar(text: "\(value)", isPlain: true))
        case .text(let text): content = .scalar(SourceScalar(text: text, isPlain: false))
        case .list(let values):
            content = .list(values.enumerated().map { of($1, path: path + ["\($0)"]) })
        case .map(let map):
            content = .map(
                SourceMap(
                    map.entries.map {
                        SourceEntry(
                            key: $0.key, location: nil, value: of($0.value, path: path + [$0.key]))
                    }))
        }
        return SourceNode(content: content, location: nil, path: path)
    }

    /// `{a: {b: node}}` for the keys `a`, `b`: the groups that an override reaches through.
    static func nesting(
        _ node: SourceNode, below keys: ArraySlice<String>, at path: [String]
    )
        -> SourceNode
    {
        guard let first = keys.first else { return node }
        let inner = nesting(node, below: keys.dropFirst(), at: path + [first])
        return SourceNode(
            content: .map([SourceEntry(key: first, location: node.location, value: inner)]),
            location: node.location, path: path, isOverridePath: true)
    }
}

/// A key of a map with its value and the key's location.
struct SourceEntry: Sendable {
    var key: String
    var location: SourceLocation?
    var value: SourceNode
}

/// A scalar as it was written.
struct SourceScalar: Sendable {
    /// The text without quotes.
    var text: String
    /// Written without quotes, so that `3` is a number and `null` is nothing.
    var isPlain: Bool

    /// The value by YAML 1.2's core schema: only `true` and `false` are boolean, and a number
    /// with a leading zero is text, because YAML 1.1 read it as octal.
    var value: SpecificationValue {
        guard isPlain else { return .text(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        case ".inf", ".Inf", ".INF", "+.inf": return .number(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
        case ".nan", ".NaN", ".NAN": return .number(.nan)
        default: break
        }
        guard let shape = NumberShape(text) else { return .text(text) }
        switch shape {
        case .integer:
            if let value = Int(text) { return .integer(value) }
            return Double(text).map { .number($0) } ?? .text(text)
        case .real:
            return Double(text).map { .number($0) } ?? .text(text)
        }
    }

    private enum NumberShape {
        case integer, real

        /// `[-+]? digits [. digits] [e [-+] digits]` without a leading zero.
        init?(_ text: String) {
            var rest = Substring(text).utf8[...]
            func takeDigits() -> Int {
                let count = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
                rest = rest.dropFirst(count)
                return count
            }
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                rest = rest.dropFirst()
            }
            let leadsWithZero = rest.first == UInt8(ascii: "0")
            let whole = takeDigits()
            if leadsWithZero && whole > 1 { return nil }
            var isReal = false
            var fraction = 0
            if rest.first == UInt8(ascii: ".") {
                isReal = true
                rest = rest.dropFirst()
                fraction = takeDigits()
            }
            guard whole + fraction > 0 else { return nil }
            if let letter = rest.first, letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") {
                isReal = true
                rest = rest.dropFirst()
                if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                    rest = rest.dropFirst()
                }
                guard takeDigits() > 0 else { return nil }
            }
            guard rest.isEmpty else { return nil }
            self = isReal ? .real : .integer
        }
    }

    /// The whole numbers that `0..4` means, both ends included; nil for any other text.
    var range: ClosedRange<Int>? {
        guard let (first, last) = ends, first <= last else { return nil }
        return first...last
    }

    /// `4..0`
    var isFallingRange: Bool {
        ends.map { $0 > $1 } ?? false
    }

    private var ends: (first: Int, last: Int)? {
        guard let dots = text.utf8Range(of: ".."),
            let first = Self.wholeNumber(text[..<dots.lowerBound]),
            let last = Self.wholeNumber(text[dots.upperBound...])
        else { return nil }
        return (first, last)
    }

    private static func wholeNumber(_ text: Substring) -> Int? {
        guard NumberShape(String(text)) == .integer else { return nil }
        return Int(text)
    }
}

extension String {
    /// The first occurrence of two ASCII characters in a row.
    fileprivate func utf8Range(of pair: String) -> Range<String.Index>? {
        let wanted = Array(pair.utf8)
        var index = utf8.startIndex
        while index < utf8.endIndex {
            let next = utf8.index(after: index)
            if next < utf8.endIndex, utf8[index] == wanted[0], utf8[next] == wanted[1] {
                return index..<utf8.index(after: next)
            }
            index = next
        }
        return nil
    }
}
