/// Verse as editions print it.
enum VerseLines {
    /// The text without the numbers that stand in the margins of its lines: digits that two blanks
    /// or more set apart at the beginning or the end of a line.
    static func withoutNumbers(_ text: [UInt8]) -> [UInt8] {
        Array(Paragraphs.lines(of: text).map(withoutNumbers).joined(separator: [0x0A]))
    }

    private static func withoutNumbers(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        let ending = line.reversed().prefix(while: isDigit).count
        if ending > 0, line.dropLast(ending).suffix(2).elementsEqual([0x20, 0x20]) {
            line = line.dropLast(ending)
        }
        let beginning = line.prefix(while: isDigit).count
        if beginning > 0, line.dropFirst(beginning).starts(with: [0x20, 0x20]) {
            line = line.dropFirst(beginning)
        }
        return line
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
