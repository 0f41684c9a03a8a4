/// Why and where a text is not JSON.
package struct JSONSyntaxError: Error {
    package var line: Int
    package var column: Int
    package var problem: String
}

/// A strict reader of JSON (RFC 8259): no duplicate keys, no malformed UTF-8, nothing after the end.
package struct JSONReader {
    private static let greatestDepth = 128

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads a whole text.
    package static func read(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONTree {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        if reader.position < bytes.count {
            throw reader.error("there is more after the end of the value")
        }
        return value
    }

    private func error(_ problem: String, at place: Int? = nil) -> JSONSyntaxError {
        let place = min(place ?? position, bytes.count)
        let line = bytes[..<place].count { $0 == 0x0A } + 1
        let start = bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONSyntaxError(line: line, column: place - start + 1, problem: problem)
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

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONTree {
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
        _ word: StaticString, _ value: JSONTree
    ) throws(JSONSyntaxError) -> JSONTree {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual(word.description.utf8) else {
            throw error("a value should stand here")
        }
        position = end
        return value
    }

    private mutating func members(depth: Int) throws(JSONSyntaxError) -> [JSONTree.Member] {
        position += 1
        var members: [JSONTree.Member] = []
        var keys = ByteStringTable()
        skipSpace()
        if take(0x7D) { return members }
        while true {
            skipSpace()
            let place = position
            guard next == 0x22 else { throw error("a key in quotation marks should stand here") }
            let key = try string()
            guard keys.intern(key) == members.count else {
                let name = String(decoding: key, as: UTF8.self)
                throw error("the key \"\(name)\" occurs twice", at: place)
            }
            skipSpace()
            guard take(0x3A) else { throw error("a colon should stand here") }
            members.append(JSONTree.Member(key: key, value: try value(depth: depth + 1)))
            skipSpace()
            if take(0x2C) { continue }
            guard take(0x7D) else { throw error("a comma or } should stand here") }
            return members
        }
    }

    private mutating func elements(depth: Int) throws(JSONSyntaxError) -> [JSONTree] {
        position += 1
        var elements: [JSONTree] = []
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

    private mutating func string() throws(JSONSyntaxError) -> [UInt8] {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case 0x22:
                position += 1
                return text
            case 0x5C:
                try escape(into: &text)
            case ..<0x20:
                throw error("a control character must be escaped in a string")
            case ..<0x80:
                text.append(byte)
                position += 1
            default:
                let step = ScalarStep(bytes.span, at: position, limit: bytes.count)
                guard step.scalar != nil else { throw error("malformed UTF-8") }
                text.append(contentsOf: bytes[position..<position + step.length])
                position += step.length
            }
        }
        throw error("the string has no end", at: start)
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

    private mutating func number() throws(JSONSyntaxError) -> JSONTree {
        let start = position
        _ = take(0x2D)
        let first = next
        var digits = skipDigits()
        if digits == 0 || (digits > 1 && first == 0x30) {
            throw error("a value should stand here", at: start)
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
