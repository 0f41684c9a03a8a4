import Glibc

/// Reading what `JSONWriter` wrote, strictly: the caller says what comes next.
struct JSONScanner {
    /// Where the text is not what was expected.
    struct Failure: Error {
        var offset: Int
        var expected: String

        var description: String { "expected \(expected) at byte \(offset)" }
    }

    /// A value without parts.
    enum Scalar: Hashable {
        case null
        case boolean(Bool)
        case integer(Int)
        case double(Double)
        case string(String)
    }

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = [UInt8](bytes)
    }

    func failure(_ expected: String, at offset: Int? = nil) -> Failure {
        Failure(offset: offset ?? position, expected: expected)
    }

    /// The next byte that is not white space, which is not consumed.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 32 || byte == 9 || byte == 10 || byte == 13 else { return byte }
            position += 1
        }
        return nil
    }

    mutating func accept(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ byte: UInt8) throws(Failure) {
        guard accept(byte) else {
            throw failure("'\(String(decoding: CollectionOfOne(byte), as: UTF8.self))'")
        }
    }

    mutating func expectEnd() throws(Failure) {
        guard peek() == nil else { throw failure("the end") }
    }

    /// `"name":`, after a comma unless it is the first field.
    mutating func field(_ name: String, isFirst: Bool = false) throws(Failure) {
        if !isFirst { try expect(UInt8(ascii: ",")) }
        let start = position
        guard try string() == name else { throw failure("the field \"\(name)\"", at: start) }
        try expect(UInt8(ascii: ":"))
    }

    /// `[a,b,...]`; `element` consumes one element.
    mutating func array(
        _ element: (inout JSONScanner) throws(Failure) -> Void
    ) throws(Failure) {
        try expect(UInt8(ascii: "["))
        if accept(UInt8(ascii: "]")) { return }
        repeat { try element(&self) } while accept(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    mutating func unsigned<Number: FixedWidthInteger>(
        _: Number.Type = Number.self
    ) throws(Failure) -> Number {
        _ = peek()
        let start = position
        var value: Number = 0
        while position < bytes.count, bytes[position] &- 48 < 10 {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Number(bytes[position] &- 48))
            guard !overflow && !carry else { throw failure("a smaller number", at: start) }
            value = sum
            position += 1
        }
        guard position > start else { throw failure("a whole number") }
        return value
    }

    /// A number, or one of the words that stand for what JSON cannot write.
    mutating func double() throws(Failure) -> Double {
        let start = position
        if peek() == UInt8(ascii: "\"") {
            switch try string() {
            case "inf": return .infinity
            case "-inf": return -.infinity
            case "nan": return .nan
            case let word:
                guard word.hasPrefix("nan:"), let bits = UInt64(word.dropFirst(4), radix: 16),
                    case let value = Double(bitPattern: bits), value.isNaN
                else { throw failure("a number, inf or nan", at: start) }
                return value
            }
        }
        let range = numberBytes()
        // The bytes of a number that others follow are read in place; records hold millions of them.
        guard !range.isEmpty, range.upperBound < bytes.count else {
            throw failure("a number", at: start)
        }
        let (value, length) = bytes.withUnsafeBytes { buffer -> (Double, Int) in
            guard let base = buffer.baseAddress else { return (0, 0) }
            let first = (base + range.lowerBound).assumingMemoryBound(to: CChar.self)
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(first, &end)
            return (value, end.map { UnsafePointer($0) - first } ?? 0)
        }
        guard length == range.count else { throw failure("a number", at: start) }
        return value
    }

    /// Passes over what can belong to a number.
    private mutating func numberBytes() -> Range<Int> {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
            default: return start..<position
            }
        }
        return start..<position
    }

    private mutating func numberText() -> String {
        String(decoding: bytes[numberBytes()], as: UTF8.self)
    }

    mutating func scalar() throws(Failure) -> Scalar {
        let words: [(StaticString, Scalar)] = [
            ("true", .boolean(true)), ("false", .boolean(false)), ("null", .null),
        ]
        guard let first = peek() else { throw failure("a value") }
        if first == UInt8(ascii: "\"") { return .string(try string()) }
        for (word, value) in words {
            let isNext = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
            if isNext {
                position += word.utf8CodeUnitCount
                return value
            }
        }
        let start = position
        let text = numberText()
        if let value = Int(text) { return .integer(value) }
        if let value = Double(text) { return .double(value) }
        throw failure("a value", at: start)
    }

    mutating func string() throws(Failure) -> String {
        try expect(UInt8(ascii: "\""))
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard bytes[position] >= 32 else { throw failure("no control character") }
            position += 1
        }
        return try closed(Array(bytes[start..<position]), from: start)
    }

    /// The slow path: a string with escapes, whose content starts at `start`.
    private mutating func escapedString(from start: Int) throws(Failure) -> String {
        var content = Array(bytes[start..<position])
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] >= 32 else { throw failure("no control character") }
            guard bytes[position] == UInt8(ascii: "\\") else {
                content.append(bytes[position])
                position += 1
                continue
            }
            position += 1
            guard position < bytes.count else { throw failure("an escape") }
            let escape = bytes[position]
            position += 1
            switch escape {
            case UInt8(ascii: "n"): content.append(10)
            case UInt8(ascii: "t"): content.append(9)
            case UInt8(ascii: "r"): content.append(13)
            case UInt8(ascii: "b"): content.append(8)
            case UInt8(ascii: "f"): content.append(12)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(escape)
            case UInt8(ascii: "u"):
                var units = [try hexadecimalUnit()]
                if UTF16.isLeadSurrogate(units[0]), position + 1 < bytes.count,
                    bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                {
                    position += 2
                    units.append(try hexadecimalUnit())
                }
                guard let text = String(validating: units, as: UTF16.self) else {
                    throw failure("a valid \\u escape")
                }
                content.append(contentsOf: text.utf8)
            default: throw failure("an escape", at: position - 1)
            }
        }
        return try closed(content, from: start)
    }

    private mutating func hexadecimalUnit() throws(Failure) -> UInt16 {
        guard position + 4 <= bytes.count,
            bytes[position..<position + 4].allSatisfy({
                $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-")
            }),
            let unit = UInt16(
                String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits") }
        position += 4
        return unit
    }

    private mutating func closed(_ content: [UInt8], from start: Int) throws(Failure) -> String {
        try expect(UInt8(ascii: "\""))
        guard let text = String(validating: content, as: UTF8.self) else {
            throw failure("text in UTF-8", at: start)
        }
        return text
    }
}
