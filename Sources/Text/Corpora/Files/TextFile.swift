import Support

/// Reading text files that somebody else wrote.
package enum TextFile {
    /// The text of a file, with plain line ends and without a byte order mark.
    ///
    /// - Throws: The offset in the file of a byte that is not UTF-8 or, unless `allowsNUL`, of a
    ///   NUL.
    static func read(_ path: String, allowsNUL: Bool) throws -> [UInt8] {
        try text(FileSystem.content(of: path), file: path, allowsNUL: allowsNUL)
    }

    /// The text of a file's bytes; `path` is what to call it in an error.
    private static func text(
        _ bytes: [UInt8], file path: String, allowsNUL: Bool
    ) throws -> [UInt8] {
        try TextKind.check(bytes.prefix(TextKind.lookahead), file: path)
        if let offset = UTF8Validation.firstInvalidOffset(in: bytes) {
            throw CorpusError(.notUTF8(file: path, byteOffset: offset))
        }
        if !allowsNUL, let offset = bytes.firstIndex(of: 0) {
            throw CorpusError(.containsNUL(file: path, byteOffset: offset))
        }
        return plain(bytes)
    }

    /// The text with line feeds for CR LF and CR, and without the byte order mark at its beginning.
    static func plain(_ text: [UInt8]) -> [UInt8] {
        let start = TextKind.markLength(of: text)
        if start == 0, !text.contains(0x0D) { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for position in start..<text.count {
            let byte = text[position]
            if byte == 0x0D {
                result.append(0x0A)
            } else if byte != 0x0A || position == start || text[position - 1] != 0x0D {
                result.append(byte)
            }
        }
        return result
    }

    /// The `text` of every line of a `.jsonl` file.
    ///
    /// Every line is a JSON object with a string `text`; other members are ignored. Empty lines may
    /// stand at the end only.
    static func jsonLines(_ path: String, allowsNUL: Bool) throws -> [[UInt8]] {
        try jsonLines(in: FileSystem.content(of: path), file: path, allowsNUL: allowsNUL)
    }

    /// The `text` of every line of a `.jsonl` file's bytes; `path` is what to call it in an error.
    package static func jsonLines(
        in bytes: [UInt8], file path: String, allowsNUL: Bool
    ) throws -> [[UInt8]] {
        func failure(_ line: Int, _ problem: String) -> CorpusError {
            CorpusError(.malformedLine(file: path, line: line + 1, problem: problem))
        }
        let lines = Paragraphs.lines(of: try text(bytes, file: path, allowsNUL: false))
        let end = (lines.lastIndex { !$0.allSatisfy(Paragraphs.isSpace) } ?? -1) + 1
        var texts: [[UInt8]] = []
        for index in 0..<end {
            let line = Array(lines[index])
            guard !line.allSatisfy(Paragraphs.isSpace) else { throw failure(index, "is empty") }
            let value: JSONValue
            do throws(JSONSyntaxError) {
                value = try JSONReader.read(line)
            } catch {
                throw failure(index, "column \(error.column): \(error.problem)")
            }
            guard case .object = value else {
                throw failure(index, "holds \(value.kindName), not an object")
            }
            guard let member = value["text"] else { throw failure(index, "has no `text`") }
            guard case .string(let text) = member else {
                throw failure(index, "has \(member.kindName) as `text`")
            }
            guard allowsNUL || !text.contains(0) else { throw failure(index, "holds a NUL") }
            texts.append(plain(text))
        }
        return texts
    }
}
