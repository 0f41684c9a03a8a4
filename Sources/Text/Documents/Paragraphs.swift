/// Text in lines: blank lines, paragraphs, and what is white space at their ends.
enum Paragraphs {
    /// The blocks between blank lines, in order and without white space around them.
    static func of(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var paragraphs: [ArraySlice<UInt8>] = []
        var start: Int?
        var end = 0
        for line in lines(of: text) {
            if line.allSatisfy(isSpace) {
                if let begun = start { paragraphs.append(trimmed(text[begun..<end])) }
                start = nil
            } else {
                start = start ?? line.startIndex
                end = line.endIndex
            }
        }
        if let start { paragraphs.append(trimmed(text[start..<end])) }
        return paragraphs
    }

    /// The lines, without the line feeds that end them.
    static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
        text.split(separator: 0x0A, omittingEmptySubsequences: false)
    }

    /// The text without ASCII white space at either end.
    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = text.firstIndex(where: { !isSpace($0) }),
            let last = text.lastIndex(where: { !isSpace($0) })
        else { return text[text.endIndex...] }
        return text[first...last]
    }

    /// The text in one line: every run of ASCII white space is one space, none at the ends.
    static func unwrapped(_ text: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var isPending = false
        for byte in text {
            if isSpace(byte) {
                isPending = !result.isEmpty
            } else {
                if isPending { result.append(0x20) }
                isPending = false
                result.append(byte)
            }
        }
        return result
    }

    /// Paragraphs with a blank line between any two.
    static func joined(_ paragraphs: [[UInt8]]) -> [UInt8] {
        Array(paragraphs.joined(separator: [0x0A, 0x0A]))
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
