/// Text as words, for stages that compare texts whatever tokenizer a model reads them with.
package enum ByteWords {
    /// Where the words of a text lie: runs of letters and digits, and every other byte by itself
    /// that is no white space. Bytes above 127 are parts of letters; case is kept.
    package static func ranges(in text: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start: Int?
        for (index, byte) in text.enumerated() {
            if isLetter(byte) {
                if start == nil { start = index }
                continue
            }
            if let begin = start { ranges.append(begin..<index) }
            start = nil
            if !isSpace(byte) { ranges.append(index..<index + 1) }
        }
        if let begin = start { ranges.append(begin..<text.count) }
        return ranges
    }

    /// A hash of each word.
    static func hashes(in text: [UInt8]) -> [UInt64] {
        ranges(in: text).map { StableHash.hash(text[$0]) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), 128...:
            true
        default: false
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte)
    }
}
