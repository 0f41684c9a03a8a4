import Testing
import Text

@Suite struct JSONLinesTextTests {
    private let keys = JSONLinesText.Keys(text: "text", part: "book", paragraph: "chapter")

    private func parts(_ lines: String) throws -> [[String]] {
        try JSONLinesText.parts(in: Array(lines.utf8), keys: keys, file: "a.jsonl")
            .map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test func neighboursAreJoined() throws {
        let lines = """
            {"text": "In the  beginning", "book": "A", "chapter": 1, "verse": 1}
            {"text": "and then.", "book": "A", "chapter": 1, "verse": 2}\r
            {"text": "Once\\nmore", "book": "A", "chapter": 2, "verse": 1}

            {"text": "Another", "book": "B", "chapter": 2}
            {"text": "again", "book": "A", "chapter": "2"}

            """
        #expect(
            try parts(lines) == [
                ["In the beginning and then.", "Once more"], ["Another"], ["again"],
            ])
        #expect(try parts("").isEmpty)
    }

    @Test(arguments: [
        ("{", "column 2: "),
        ("[]", "has no string as text"),
        (#"{"text": 1, "book": "A", "chapter": 1}"#, "has no string as text"),
        (#"{"text": "a", "chapter": 1}"#, "has no string or whole number as book"),
        (
            #"{"text": "a", "book": "A", "chapter": 1.5}"#,
            "has no string or whole number as chapter"
        ),
    ])
    func whatIsWrongIsSaid(line: String, words: String) {
        let found = message {
            _ = try parts(#"{"text": "a", "book": "A", "chapter": 1}"# + "\n" + line)
        }
        #expect(found?.hasPrefix("a.jsonl:2: " + words) == true, "\(found ?? "no error")")
    }
}
