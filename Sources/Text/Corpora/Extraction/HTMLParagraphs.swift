/// The paragraphs of an HTML page that are marked by a class of `<div>`.
///
/// Reads well-formed pages as programs write them: it counts `<div>` and `</div>`, leaves out what
/// is preformatted, and decodes character references. A marked `<div>` inside another is a
/// paragraph of its own, which interrupts the outer one.
package enum HTMLParagraphs {
    /// The text of every `<div class="NAME">`, in order, each in one line.
    package static func texts(in page: [UInt8], ofClass name: String) -> [[UInt8]] {
        var paragraphs: [[UInt8]] = []
        /// One entry per open `<div>`: whether it is marked.
        var divisions: [Bool] = []
        var current: [UInt8] = []
        var preformatted = 0
        func finish() {
            let text = Paragraphs.unwrapped(decodingReferences(current))
            if !text.isEmpty { paragraphs.append(text) }
            current = []
        }
        var position = 0
        while position < page.count {
            guard page[position] == 0x3C else {
                let end = page[position...].firstIndex(of: 0x3C) ?? page.count
                if divisions.last == true, preformatted == 0 {
                    current.append(contentsOf: page[position..<end])
                }
                position = end
                continue
            }
            let end = tagEnd(in: page, at: position)
            let tag = page[position..<end]
            position = end
            if isOpening(tag, of: "div") {
                finish()
                divisions.append(hasClass(name, tag))
            } else if tag.starts(with: "</div".utf8) {
                finish()
                _ = divisions.popLast()
            } else if isOpening(tag, of: "pre") {
                finish()
                preformatted += 1
            } else if tag.starts(with: "</pre".utf8) {
                preformatted = max(0, preformatted - 1)
            }
        }
        finish()
        return paragraphs
    }

    /// The end of the tag, or of the comment, that begins at `start`.
    private static func tagEnd(in page: [UInt8], at start: Int) -> Int {
        if page[start...].starts(with: "<!--".utf8) {
            var position = start + 4
            while position < page.count, !page[position...].starts(with: "-->".utf8) {
                position += 1
            }
            return min(position + 3, page.count)
        }
        return page[start...].firstIndex(of: 0x3E).map { $0 + 1 } ?? page.count
    }

    /// Whether a tag opens an element of this name and is not closed in itself.
    private static func isOpening(_ tag: ArraySlice<UInt8>, of name: String) -> Bool {
        let body = tag.dropFirst()
        guard body.starts(with: name.utf8) else { return false }
        let next = body.dropFirst(name.utf8.count).first
        return (next == 0x3E || next.map(Paragraphs.isSpace) == true)
            && tag.dropLast().last != 0x2F
    }

    private static func hasClass(_ name: String, _ tag: ArraySlice<UInt8>) -> Bool {
        let wanted = Array("class=\"\(name)\"".utf8)
        return tag.indices.contains { tag[$0...].starts(with: wanted) }
    }

    /// The text with `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&apos;`, `&nbsp;` and numeric references
    /// as characters; any other stays as it is.
    static func decodingReferences(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            if text[position] == 0x26,
                let end = text[position...].prefix(12).firstIndex(of: 0x3B),
                let character = character(named: text[position + 1..<end])
            {
                result.append(contentsOf: Array(String(Character(character)).utf8))
                position = end + 1
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static func character(named name: ArraySlice<UInt8>) -> Unicode.Scalar? {
        let name = String(decoding: name, as: UTF8.self)
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        case "nbsp": return "\u{A0}"
        default: break
        }
        guard name.hasPrefix("#") else { return nil }
        let isHexadecimal = name.hasPrefix("#x") || name.hasPrefix("#X")
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        return UInt32(digits, radix: isHexadecimal ? 16 : 10).flatMap(Unicode.Scalar.init)
    }
}
