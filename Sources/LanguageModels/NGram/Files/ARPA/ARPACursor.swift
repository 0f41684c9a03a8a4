/// Reads the fields of one line.
struct ARPACursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position: Int
    /// Where the line ends, its line feed excluded.
    let end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) {
        self.bytes = bytes
        position = line.lowerBound
        end = line.upperBound
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < end, NGramVocabulary.isSeparator(bytes[position]) { position &+= 1 }
    }

    /// Whether nothing but white space is left.
    @inline(__always)
    mutating func isAtEnd() -> Bool {
        skipSpace()
        return position == end
    }

    /// The next field.
    @inline(__always)
    mutating func word() -> Range<Int>? {
        skipSpace()
        let begin = position
        while position < end, !NGramVocabulary.isSeparator(bytes[position]) { position &+= 1 }
        return begin < position ? begin..<position : nil
    }

    /// The next field as a decimal number, `inf` and `-inf` included.
    mutating func number() -> Double? {
        guard let field = word() else { return nil }
        var offset = field.lowerBound
        let isNegative = bytes[offset] == UInt8(ascii: "-")
        if isNegative || bytes[offset] == UInt8(ascii: "+") { offset &+= 1 }
        var digits: UInt64 = 0
        var count = 0
        var fraction = 0
        var isInFraction = false
        while offset < field.upperBound {
            let digit = bytes[offset] &- 0x30
            if digit < 10 {
                digits = digits &* 10 &+ UInt64(digit)
                count &+= 1
                if isInFraction { fraction &+= 1 }
            } else if bytes[offset] == UInt8(ascii: "."), !isInFraction {
                isInFraction = true
            } else {
                break
            }
            offset &+= 1
        }
        // Below 2^53 and with a power of ten up to 10^22 one division of exact numbers rounds once
        // (Clinger 1990).
        guard offset == field.upperBound, count > 0, count <= 15 else { return rare(field) }
        let value = Double(digits) / Self.powersOfTen[fraction]
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// Exponents, infinities and more digits than usual.
    @inline(never)
    private func rare(_ field: Range<Int>) -> Double? {
        let text = String(decoding: bytes[field], as: UTF8.self)
        let letters = text.utf8.filter { $0 > UInt8(ascii: "9") }
        let isPlain =
            letters.isEmpty || letters == [UInt8(ascii: "e")]
            || letters == [UInt8(ascii: "E")]
        let isInfinite = ["inf", "-inf", "+inf", "infinity", "-infinity"].contains(
            text.lowercased())
        return isPlain || isInfinite ? Double(text) : nil
    }
}
