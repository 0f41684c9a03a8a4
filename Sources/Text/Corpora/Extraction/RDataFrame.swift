/// A data frame out of R's data file (`.rda`, `.RData`).
///
/// Such a file, uncompressed, is the line `RDX2` or `RDX3` and a serialised pair list: an element
/// for each variable that was saved. A data frame is a list of columns of one length, with names.
package struct RDataFrame {
    /// Which rows of which data frame make a text.
    package struct Selection: Sendable, Hashable {
        /// The name under which the data frame was saved.
        package var variable: String
        /// The column of the text's lines.
        package var text: String
        /// The column that tells the part of a line.
        package var part: String
        /// The values of that column to take, in the order of the text.
        package var parts: [String]
        /// Words; paragraphs in which one of them occurs are left out.
        package var omit: [String]

        package init(
            variable: String, text: String, part: String, parts: [String], omit: [String] = []
        ) {
            self.variable = variable
            self.text = text
            self.part = part
            self.parts = parts
            self.omit = omit
        }
    }

    private let value: RValue
    private let file: String

    /// A data frame.
    ///
    /// - Parameters:
    ///   - bytes: The file's bytes, compressed with gzip.
    ///   - variable: The name under which the data frame was saved.
    ///   - file: What to call the file in an error.
    /// - Throws: Where the file is damaged or has no such variable.
    package init(
        of bytes: [UInt8], variable: String, file: String
    ) throws(CorpusError) {
        self.file = file
        func malformed(_ problem: String) -> CorpusError {
            CorpusError(.malformedPackage(file: file, problem: problem))
        }
        let data: [UInt8]
        do {
            data = try Inflation.inflate(bytes)
        } catch {
            throw malformed(error.problem)
        }
        guard ["RDX2\n", "RDX3\n"].contains(where: { data.starts(with: $0.utf8) }) else {
            throw malformed("does not begin with RDX2 or RDX3, the marks of R's data files")
        }
        let saved: RValue
        do {
            saved = try RSerialization.read(Array(data.dropFirst(5)))
        } catch {
            throw malformed("\(error.problem) (byte \(error.byteOffset + 5), uncompressed)")
        }
        guard case .pairs(let pairs) = saved.content,
            let pair = pairs.first(where: { $0.tag == Array(variable.utf8) })
        else { throw malformed("has no variable \(variable)") }
        value = pair.value
    }

    /// The strings of a column; those that are NA are empty.
    package func strings(inColumn name: String) throws(CorpusError) -> [[UInt8]] {
        guard case .characters(let strings)? = value[name]?.content else {
            throw malformed("has no column of strings named \(name)")
        }
        return strings.map { $0 ?? [] }
    }

    /// The lines of the column `text` in the rows whose column `key` holds `part`.
    package func lines(
        ofColumn text: String, where key: String, is part: String
    ) throws(CorpusError) -> [[UInt8]] {
        let (lines, keys) = (try strings(inColumn: text), try strings(inColumn: key))
        guard lines.count == keys.count else {
            throw malformed("has columns \(text) and \(key) of different lengths")
        }
        let wanted = Array(part.utf8)
        let rows = zip(lines, keys).filter { $0.1 == wanted }.map(\.0)
        guard !rows.isEmpty else { throw malformed("has no row with \"\(part)\" as \(key)") }
        return rows
    }

    private func malformed(_ problem: String) -> CorpusError {
        CorpusError(.malformedPackage(file: file, problem: problem))
    }
}
