/// The plain text of a Markdown file.
///
/// Not a Markdown parser: it knows what a book that was converted from HTML contains. Headings,
/// paragraphs, list items and quotations become paragraphs of one line each; emphasis, code marks,
/// tags and images go; a link keeps its text; a backslash before punctuation goes.
package enum MarkdownText {
    /// The paragraphs of the file, in order.
    package static func paragraphs(of markdown: [UInt8]) -> [[UInt8]] {
        var paragraphs: [[UInt8]] = []
        var lines: [UInt8] = []
        func finish() {
            let text = Paragraphs.unwrapped(inline(Paragraphs.unwrapped(lines)))
            if !text.isEmpty { paragraphs.append(text) }
            lines = []
        }
        for line in Paragraphs.lines(of: markdown) {
            var content = Paragraphs.trimmed(line)
            var isQuotation = false
            while content.first == 0x3E {
                isQuotation = true
                content = Paragraphs.trimmed(content.dropFirst())
            }
            let heading = content.prefix { $0 == 0x23 }.count
            if content.isEmpty || isRule(content) {
                finish()
            } else if heading > 0, !isQuotation {
                finish()
                lines = Array(content.dropFirst(heading))
                finish()
            } else if let item = listItem(content) {
                finish()
                lines = Array(item)
            } else {
                if !isBrokenWord(lines, before: content) { lines.append(0x20) }
                lines.append(contentsOf: content)
            }
        }
        finish()
        return paragraphs
    }

    /// Whether a line was broken after the hyphen of a compound word: `co-` and `operative`.
    private static func isBrokenWord(_ lines: [UInt8], before next: ArraySlice<UInt8>) -> Bool {
        lines.last == 0x2D && lines.dropLast().last.map(isLetter) == true
            && next.first.map(isLetter) == true
    }

    /// Three or more of one of `-*_=` and nothing else: a rule, or the line under a heading.
    private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
        guard let mark = line.first, "-*_=".utf8.contains(mark) else { return false }
        return line.count { $0 == mark } >= 3 && line.allSatisfy { $0 == mark || $0 == 0x20 }
    }

    /// What follows the mark of a list item: `*`, `-`, `+` or a number with a point, and a space.
    private static func listItem(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var rest = line.drop { (0x30...0x39).contains($0) }
        let digits = rest.startIndex - line.startIndex
        guard let mark = rest.popFirst(), rest.first == 0x20, digits <= 3 else { return nil }
        return (digits == 0 ? "*-+".utf8.contains(mark) : mark == 0x2E) ? rest : nil
    }

    /// One paragraph without its marks.
    ///
    /// Marks of emphasis take along the space that the conversion left inside brackets and before
    /// commas: `[ **Title** , p. 3]` becomes `[Title, p. 3]`.
    private static func inline(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            let byte = text[position]
            let next = position + 1 < text.count ? text[position + 1] : nil
            switch byte {
            case 0x5C where next.map(isPunctuation) == true:
                result.append(text[position + 1])
                position += 2
            case 0x2A, 0x5F, 0x60:
                let end = text[position...].firstIndex { !"*_`".utf8.contains($0) } ?? text.count
                // Inside a word an underscore is a letter of a name.
                let isInside =
                    byte == 0x5F && end < text.count && isLetter(text[end])
                    && result.last.map(isLetter) == true
                if isInside {
                    result.append(contentsOf: text[position..<end])
                } else {
                    if result.last == 0x20, result.dropLast().last == 0x5B { result.removeLast() }
                    if text[end...].starts(with: " ,".utf8) { position = end + 1 }
                }
                position = max(position, end)
            case 0x21 where next == 0x5B:
                position = link(in: text, at: position + 1)?.end ?? position + 1
            case 0x5B:
                if let link = link(in: text, at: position) {
                    result.append(contentsOf: inline(Array(text[link.text])))
                    position = link.end
                } else {
                    result.append(byte)
                    position += 1
                }
            case 0x3C:
                position = tagEnd(in: text, at: position) ?? position + 1
                if text[position - 1] != 0x3E { result.append(byte) }
            default:
                result.append(byte)
                position += 1
            }
        }
        return result
    }

    /// The text and the end of `[text](address)` that begins at `start`.
    private static func link(
        in text: [UInt8], at start: Int
    ) -> (text: Range<Int>, end: Int)? {
        var depth = 0
        var position = start
        while position < text.count {
            switch text[position] {
            case 0x5C: position += 1
            case 0x5B: depth += 1
            case 0x5D: depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { break }
        }
        guard depth == 0, position < text.count, text[position] == 0x28,
            let close = text[position...].firstIndex(of: 0x29)
        else { return nil }
        return (start + 1..<position - 1, close + 1)
    }

    /// The end of the tag or address in angle brackets that begins at `start`.
    private static func tagEnd(in text: [UInt8], at start: Int) -> Int? {
        guard start + 1 < text.count, isLetter(text[start + 1]) || text[start + 1] == 0x2F,
            let close = text[start...].firstIndex(of: 0x3E)
        else { return nil }
        return close + 1
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte >= 0x80
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !isLetter(byte)
    }
}
