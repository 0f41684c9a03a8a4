import FuzzTargets
import Testing
import Text

@Suite struct RDataFrameTests {
    /// A data file in which a data frame was saved as `books`, behind another value.
    private static func file(
        _ columns: KeyValuePairs<String, [String]>, mark: String = "RDX3\n"
    ) -> [UInt8] {
        var writer = RWriter(version: mark.contains("2") ? 2 : 3)
        writer.word(2 | 1 << 10)
        writer.symbol("other")
        writer.characters(["x"])
        writer.word(2 | 1 << 10)
        writer.symbol("books")
        writer.frame(columns)
        writer.word(254)
        return ArchiveWriter.gzip(Array(mark.utf8) + writer.bytes)
    }

    private func lines(
        _ file: [UInt8], of part: String, variable: String = "books"
    ) throws
        -> [String]
    {
        let frame = try RDataFrame(of: file, variable: variable, file: "b.rda")
        return try frame.lines(ofColumn: "text", where: "title", is: part)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: ["RDX2\n", "RDX3\n"])
    func rowsOfAPartAreTaken(mark: String) throws {
        let file = Self.file(
            ["text": ["One", "Two", "", "Three"], "title": ["A", "B", "A", "A"]], mark: mark)
        #expect(try lines(file, of: "A") == ["One", "", "Three"])
        #expect(try lines(file, of: "B") == ["Two"])
    }

    @Test func whatIsMissingIsSaid() {
        let file = Self.file(["text": ["One"], "title": ["A"]])
        let others = Self.file(["text": ["One", "Two"], "title": ["A"]])
        let untitled = Self.file(["text": ["One"], "name": ["A"]])
        #expect(
            message { _ = try lines(file, of: "C") } == "b.rda: has no row with \"C\" as title")
        #expect(
            message { _ = try lines(file, of: "A", variable: "novels") }
                == "b.rda: has no variable novels")
        #expect(
            message { _ = try lines(file, of: "A", variable: "other") }
                == "b.rda: has no column of strings named text")
        #expect(
            message { _ = try lines(untitled, of: "A") }
                == "b.rda: has no column of strings named title")
        #expect(
            message { _ = try lines(others, of: "A") }
                == "b.rda: has columns text and title of different lengths")
        #expect(
            message { _ = try lines(ArchiveWriter.gzip(Array("RDA2\n".utf8)), of: "A") }
                == "b.rda: does not begin with RDX2 or RDX3, the marks of R's data files")
        for count in [0, 5, file.count / 2, file.count - 1] {
            #expect(throws: CorpusError.self) { try lines(Array(file[..<count]), of: "A") }
        }
    }
}
