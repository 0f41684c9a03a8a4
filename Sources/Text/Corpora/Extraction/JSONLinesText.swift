import Support

/// The text of a file with a JSON object on every line, such as a verse with its book and chapter.
package enum JSONLinesText {
    /// The keys of what makes the text.
    package struct Keys: Sendable, Hashable {
        /// The key of a line's text.
        package var text: String
        /// The key of what neighbouring lines of one part have in common.
        package var part: String
        /// The key of what neighbouring lines of one paragraph have in common.
        package var paragraph: String

        package init(text: String, part: String, paragraph: String) {
            self.text = text
            self.part = part
            self.paragraph = paragraph
        }
    }

    /// The parts of the text, each as its paragraphs of one line, in the order of the file.
    ///
    /// - Throws: The line that is no object with a string as the text and strings or whole numbers
    ///   as the other keys; `file` is what to call the file in the error.
    package static func parts(
        in bytes: [UInt8], keys: Keys, file: String
    ) throws(CorpusError) -> [[[UInt8]]] {
        var parts: [[[UInt8]]] = []
        var last: (part: [UInt8], paragraph: [UInt8])?
        for (index, line) in Paragraphs.lines(of: bytes).enumerated() {
            if line.allSatisfy(Paragraphs.isSpace) { continue }
            let (text, part, paragraph) = try fields(of: line, keys, "\(file):\(index + 1)")
            if part != last?.part {
                parts.append([text])
            } else if paragraph != last?.paragraph {
                parts[parts.count - 1].append(text)
            } else {
                let end = parts[parts.count - 1].count - 1
                parts[parts.count - 1][end] += [0x20] + text
            }
            last = (part, paragraph)
        }
        return parts.map { $0.map(Paragraphs.unwrapped) }
    }

    private static func fields(
        of line: ArraySlice<UInt8>, _ keys: Keys, _ place: String
    ) throws(CorpusError) -> (text: [UInt8], part: [UInt8], paragraph: [UInt8]) {
        let object: JSONValue
        do throws(JSONSyntaxError) {
            object = try JSONReader.read(Array(line))
        } catch {
            throw CorpusError(
                .malformedPackage(file: place, problem: "column \(error.column): \(error.problem)"))
        }
        func field(_ key: String, isNumber: Bool) throws(CorpusError) -> [UInt8] {
            switch object[key] {
            case .string(let string): return string
            case .integer(let number) where isNumber: return Array("\(number)".utf8)
            default:
                let kind = isNumber ? "no string or whole number" : "no string"
                throw CorpusError(
                    .malformedPackage(file: place, problem: "has \(kind) as \(key)"))
            }
        }
        return (
            try field(keys.text, isNumber: false), try field(keys.part, isNumber: true),
            try field(keys.paragraph, isNumber: true)
        )
    }
}
