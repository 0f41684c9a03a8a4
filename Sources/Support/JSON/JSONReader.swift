import Glibc

/// Why and where a text is not JSON, or not the JSON that was expected.
package struct JSONSyntaxError: Error, CustomStringConvertible {
    /// The line, from 1.
    package var line: Int
    /// The column, from 1, in bytes.
    package var column: Int
    /// What is wrong, without the position.
    package var problem: String

    package var description: String { "line \(line), column \(column): \(problem)" }
}

/// A strict reader of JSON (RFC 8259): no duplicate keys, no malformed UTF-8, nothing after the
/// end.
///
/// It reads whole values, or piece by piece where the caller knows what comes next: records hold
/// too many numbers for values of their own.
package struct JSONReader {
    private static let greatestDepth = 128

    private let bytes: [UInt8]
    private var position = 0

    /// A reader of UTF-8, with or without a byte order mark.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = TextKind.markLength(of: bytes)
    }

    /// Reads a whole text.
    package static func read(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        try reader.end()
        return value
    }

    /// Nothing but white space may follow.
    package mutating func end() throws(JSONSyntaxError) {
        skipSpace()
        if position < bytes.count { throw error("there is more after the end of the value") }
    }

    /// An error at a byte of the text, by default at the next one to be read.
    package func error(_ problem: String, at offset: Int? = nil) -> JSONSyntaxError {
        let offset = min(offset ?? position, bytes.count)
        let line = bytes[..<offset].count { $0 == 0x0A } + 1
        let start = bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONSyntaxError(line: line, column: offset - start + 1, problem: problem)
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        if depth > Self.greatestDepth { throw error("more than \(Self.greatestDepth) levels deep") }
        skipSpace()
        switch next {
        case nil: throw error("the text ends where a value should stand")
        case 0x7B: return .object(try members(depth: depth))
        case 0x5B: return .array(try elements(depth: depth))
        case 0x22: return .string(try string())
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6E: return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual(word.description.utf8) else {
            throw noValue(at: position)
        }
        position = end
        return value
    }

    private mutating func members(depth: Int) throws(JSONSyntaxError) -> [JSONValue.Member] {
        position += 1
        var members: [JSONValue.Member] = []
        var keys: Set<[UInt8]> = []
        skipSpace()
        if take(0x7D) { return members }
        while true {
            skipSpace()
            let offset = position
            guard next == 0x22 else { throw error("a key in quotation marks should stand here") }
            let key = try string()
            guard keys.insert(key).inserted else {
                let name = String(decoding: key, as: UTF8.self)
                throw error("the key \"\(name)\" occurs twice", at: offset)
            }
            skipSpace()
            guard take(0x3A) else { throw error("a colon should stand here") }
            members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
            skipSpace()
            if take(0x2C) { continue }
            guard take(0x7D) else { throw error("a comma or } should stand here") }
            return members
        }
    }

    private mutating func elements(depth: Int) throws(JSONSyntaxError) -> [JSONValue] {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(0x5D) { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(0x2C) { continue }
            guard take(0x5D) else { throw error("a comma or ] should stand here") }
            return elements
        }
    }

    /// The bytes of a string.
    package mutating func string() throws(JSONSyntaxError) -> [UInt8] {
        guard next == UInt8(ascii: "\"") else { throw error("a string should stand here") }
        let start = position
        position += 1
        var text: [UInt8] = []
        while true {
            try run(into: &text)
            switch next {
            case UInt8(ascii: "\""):
                position += 1
                return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            case nil: throw error("the string has no end", at: start)
            default: throw error("a control character must be escaped in a string")
            }
        }
    }

    /// Takes the characters up to the end of a string, an escape or what may not be in a string.
    private mutating func run(into text: inout [UInt8]) throws(JSONSyntaxError) {
        let start = position
        var isASCII = true
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
        {
            if byte >= 0x80 { isASCII = false }
            position += 1
        }
        if !isASCII {
            do throws(UTF8.ValidationError) {
                _ = try UTF8Span(validating: bytes.span.extracting(start..<position))
            } catch {
                throw self.error("malformed UTF-8", at: start + error.byteOffsets.lowerBound)
            }
        }
        text.append(contentsOf: bytes[start..<position])
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        let start = position
        position += 1
        guard let byte = next else { throw error("the string has no end") }
        position += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: text.append(byte)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0C)
        case 0x6E: text.append(0x0A)
        case 0x72: text.append(0x0D)
        case 0x74: text.append(0x09)
        case 0x75:
            var code = try hexadecimal()
            if (0xD800...0xDBFF).contains(code), take(0x5C), take(0x75) {
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else {
                    throw error("half of a surrogate pair", at: start)
                }
                code = 0x1_0000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw error("half of a surrogate pair", at: start)
            }
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
        default:
            throw error("there is no such escape", at: start)
        }
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("\\u needs four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    /// The error where no value stands; what other programs write for numbers that JSON lacks is
    /// named.
    private func noValue(at start: Int) -> JSONSyntaxError {
        for word in ["NaN", "Infinity", "-Infinity"]
        where bytes[start...].starts(with: word.utf8) {
            return error("\(word) is no value of JSON; write null or a number", at: start)
        }
        return error("a value should stand here", at: start)
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        _ = take(0x2D)
        let first = next
        var digits = skipDigits()
        if digits == 0 || (digits > 1 && first == 0x30) {
            throw noValue(at: start)
        }
        var isWhole = true
        if take(0x2E) {
            isWhole = false
            digits = skipDigits()
            if digits == 0 { throw error("a digit should stand here") }
        }
        if next == 0x65 || next == 0x45 {
            isWhole = false
            position += 1
            if next == 0x2B || next == 0x2D { position += 1 }
            if skipDigits() == 0 { throw error("a digit should stand here") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        guard let real = Double(text) else { throw error("the number is too large", at: start) }
        return .real(real)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        return position - start
    }
}

/// Reading piece by piece.
extension JSONReader {
    /// The next byte that is not white space, which is not taken.
    package mutating func peek() -> UInt8? {
        skipSpace()
        return next
    }

    /// Whether a byte follows, which is then taken.
    package mutating func accept(_ byte: UInt8) -> Bool {
        skipSpace()
        return take(byte)
    }

    /// Takes a byte that must follow, after white space.
    ///
    /// - Throws: ``JSONSyntaxError`` where another byte follows, or none.
    package mutating func expect(_ byte: UInt8) throws(JSONSyntaxError) {
        guard accept(byte) else {
            throw error("expected '\(Character(Unicode.Scalar(byte)))'")
        }
    }

    /// `"name":`, after a comma unless it is the first field.
    package mutating func field(
        _ name: String, isFirst: Bool = false
    ) throws(JSONSyntaxError) {
        if !isFirst { try expect(UInt8(ascii: ",")) }
        skipSpace()
        let start = position
        guard try string().elementsEqual(name.utf8) else {
            throw error("expected the field \"\(name)\"", at: start)
        }
        try expect(UInt8(ascii: ":"))
    }

    /// `[a,b,...]`; `element` takes one element.
    @inlinable
    package mutating func array(
        _ element: (inout JSONReader) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        try expect(UInt8(ascii: "["))
        if accept(UInt8(ascii: "]")) { return }
        repeat { try element(&self) } while accept(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    /// The text of a string.
    package mutating func text() throws(JSONSyntaxError) -> String {
        skipSpace()
        return String(decoding: try string(), as: UTF8.self)
    }

    /// Whether null follows, which is then taken.
    package mutating func null() throws(JSONSyntaxError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        _ = try word("null", .null)
        return true
    }

    /// A whole number that is not negative.
    package mutating func unsigned() throws(JSONSyntaxError) -> UInt64 {
        skipSpace()
        let start = position
        var value: UInt64 = 0
        while let byte = next, byte &- 0x30 < 10 {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(byte &- 0x30))
            guard !overflow && !carry else { throw error("expected a smaller number", at: start) }
            value = sum
            position += 1
        }
        guard position > start else { throw error("expected a whole number") }
        return value
    }

    /// A whole number that is not negative.
    package mutating func count() throws(JSONSyntaxError) -> Int {
        skipSpace()
        let start = position
        guard let value = Int(exactly: try unsigned()) else {
            throw error("expected a smaller number", at: start)
        }
        return value
    }

    /// A number, or one of the words that `JSONWriter` writes for what JSON cannot
    /// say.
    package mutating func double() throws(JSONSyntaxError) -> Double {
        skipSpace()
        let start = position
        if next == UInt8(ascii: "\"") {
            switch try text() {
            case "inf": return .infinity
            case "-inf": return -.infinity
            case "nan": return .nan
            case let word:
                guard word.hasPrefix("nan:"), let bits = UInt64(word.dropFirst(4), radix: 16),
                    case let value = Double(bitPattern: bits), value.isNaN
                else { throw error("expected a number, inf or nan", at: start) }
                return value
            }
        }
        while let byte = next, Self.belongsToNumber(byte) { position += 1 }
        // Read in offset, up to a byte that belongs to no number: there are millions of them.
        guard position > start, position < bytes.count else {
            throw error("expected a number", at: start)
        }
        let (value, length) = bytes.withUnsafeBytes { buffer -> (Double, Int) in
            guard let base = buffer.baseAddress else { return (0, 0) }
            let first = (base + start).assumingMemoryBound(to: CChar.self)
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(first, &end)
            return (value, end.map { UnsafePointer($0) - first } ?? 0)
        }
        guard length == position - start else { throw error("expected a number", at: start) }
        return value
    }

    private static func belongsToNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}
