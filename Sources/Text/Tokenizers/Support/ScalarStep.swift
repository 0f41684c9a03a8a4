/// One step of reading UTF-8: a scalar and its length in bytes, or one byte that begins none.
struct ScalarStep {
    /// The scalar; `nil` where the byte does not begin a well-formed sequence.
    var scalar: UInt32?
    var length: Int

    /// Reads at `position`, accepting exactly the well-formed sequences of Unicode's table 3-7.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at position: Int, limit: Int) {
        let lead = bytes[position]
        if lead < 0x80 {
            self.init(scalar: UInt32(lead), length: 1)
        } else {
            self = Self.multibyte(bytes, lead: lead, at: position, limit: limit)
        }
    }

    /// Reads the scalar that ends at `position`, or the one byte before it that ends none.
    init(_ bytes: Span<UInt8>, endingAt position: Int, from lower: Int) {
        let earliest = max(lower, position - 4)
        var start = position - 1
        while start > earliest && bytes[start] & 0xC0 == 0x80 { start -= 1 }
        let step = ScalarStep(bytes, at: start, limit: position)
        let isWhole = step.scalar != nil && step.length == position - start
        self = isWhole ? step : ScalarStep(scalar: nil, length: 1)
    }

    /// Whether reading from `lower` on surely comes to begin a step at `position`, as far as the
    /// few bytes before it tell.
    static func begins(in bytes: Span<UInt8>, at position: Int, from lower: Int) -> Bool {
        guard bytes[position] & 0xC0 == 0x80 else { return true }
        // No sequence is longer than four bytes, so that after three of its kind this one is alone.
        return position - lower >= 3
            && (1...3).allSatisfy { bytes[position - $0] & 0xC0 == 0x80 }
    }

    private init(scalar: UInt32?, length: Int) {
        self.scalar = scalar
        self.length = length
    }

    @inline(never)
    private static func multibyte(
        _ bytes: Span<UInt8>, lead: UInt8, at position: Int, limit: Int
    ) -> ScalarStep {
        let malformed = ScalarStep(scalar: nil, length: 1)
        let count: Int
        var value: UInt32
        // The second byte's range excludes overlong forms, surrogates and values above U+10FFFF.
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF:
            (count, value) = (2, UInt32(lead & 0x1F))
        case 0xE0...0xEF:
            (count, value) = (3, UInt32(lead & 0x0F))
            if lead == 0xE0 { second = 0xA0...0xBF }
            if lead == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            (count, value) = (4, UInt32(lead & 0x07))
            if lead == 0xF0 { second = 0x90...0xBF }
            if lead == 0xF4 { second = 0x80...0x8F }
        default:
            return malformed
        }
        guard position + count <= limit, second.contains(bytes[position + 1]) else {
            return malformed
        }
        for index in 1..<count {
            let byte = bytes[position + index]
            guard byte & 0xC0 == 0x80 else { return malformed }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return ScalarStep(scalar: value, length: count)
    }
}
