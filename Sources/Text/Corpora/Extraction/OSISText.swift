/// The plain text of a Bible in OSIS, an XML vocabulary, as SWORD modules hold it.
///
/// Not an XML parser: it knows what `osis2mod` writes, in which divisions and lines are not elements
/// but pairs of marks, `<l sID="x"/>` and `<l eID="x"/>`. Notes, introductions and glossaries go;
/// marks inside paragraphs go; lines of verse stay lines.
package struct OSISText {
    /// The divisions that are no part of the text.
    private static let extras: Set<String> = ["front", "introduction", "glossary"]
    /// What begins or ends a paragraph, besides divisions.
    private static let paragraphMarks: Set<String> = [
        "lg", "lb", "title", "speaker", "item", "list",
    ]

    private var books: [[[UInt8]]] = []
    private var paragraph: [UInt8] = []
    private var noteDepth = 0
    private var extraDepth = 0
    /// Whether a note stood between what was read last and what comes next.
    private var followsNote = false

    private init() {}

    /// The books of the text, each as its paragraphs; what stands before the first is left out.
    package static func books(in text: [UInt8]) -> [[[UInt8]]] {
        var reader = OSISText()
        var position = 0
        while position < text.count {
            let isTag = text[position] == 0x3C
            let mark: UInt8 = isTag ? 0x3E : 0x3C
            let found = text[position...].firstIndex(of: mark)
            let end = found.map { isTag ? $0 + 1 : $0 } ?? text.count
            if isTag {
                reader.read(tag: text[position..<end])
            } else {
                reader.read(text: text[position..<end])
            }
            position = end
        }
        reader.finishParagraph()
        return reader.books.filter { !$0.isEmpty }
    }

    private mutating func read(text: ArraySlice<UInt8>) {
        guard noteDepth == 0, extraDepth == 0 else { return }
        let text = HTMLParagraphs.decodingReferences(Array(text))
        // Some notes have taken the blank after them along.
        if followsNote, Self.beginsWord(text) { paragraph.append(0x20) }
        followsNote = false
        // What ends a line is a mark; the text's own line feeds are blanks.
        paragraph += text.map { $0 == 0x0A ? 0x20 : $0 }
    }

    private mutating func read(tag: ArraySlice<UInt8>) {
        let isClosing = tag.starts(with: "</".utf8)
        let isWhole = tag.dropLast().last == 0x2F
        let name = String(
            decoding: tag.dropFirst(isClosing ? 2 : 1).prefix {
                !Paragraphs.isSpace($0) && $0 != 0x2F && $0 != 0x3E
            }, as: UTF8.self)
        switch name {
        case "note":
            if isWhole { return }
            noteDepth = max(0, noteDepth + (isClosing ? -1 : 1))
            followsNote = followsNote || isClosing
        case _ where noteDepth > 0: return
        case "div":
            let type = Self.attribute("type", of: tag) ?? ""
            if type == "x-milestone" { return }
            finishParagraph()
            let begins = Self.attribute("sID", of: tag) != nil
            if Self.extras.contains(type) { extraDepth = max(0, extraDepth + (begins ? 1 : -1)) }
            if type == "book", begins { books.append([]) }
        case "l": if extraDepth == 0 { paragraph.append(0x0A) }
        case _ where Self.paragraphMarks.contains(name): finishParagraph()
        default: return
        }
    }

    private mutating func finishParagraph() {
        let lines = Paragraphs.lines(of: paragraph).map { Paragraphs.unwrapped($0) }
            .filter { !$0.isEmpty }
        if !lines.isEmpty, !books.isEmpty {
            books[books.count - 1].append(Array(lines.joined(separator: [0x0A])))
        }
        paragraph = []
        followsNote = false
    }

    /// Whether a text begins with a letter, a digit or an opening quotation mark.
    private static func beginsWord(_ text: [UInt8]) -> Bool {
        guard let first = text.first else { return false }
        switch first {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
        default: return ["“", "‘"].contains { text.starts(with: $0.utf8) }
        }
    }

    /// The value of an attribute of a tag.
    private static func attribute(_ name: String, of tag: ArraySlice<UInt8>) -> String? {
        guard let start = tag.firstRange(of: Array(" \(name)=\"".utf8)) else { return nil }
        return String(decoding: tag[start.upperBound...].prefix { $0 != 0x22 }, as: UTF8.self)
    }
}
