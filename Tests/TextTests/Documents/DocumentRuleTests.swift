import Testing
import Text

@Suite struct DocumentRuleTests {
    private func documents(_ text: String, _ rule: DocumentRule) -> [String] {
        rule.documents(of: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func blocksLieBetweenBlankLines() {
        let text = "\n one\ntwo\n \t\n\n three \n\nfour"
        #expect(documents(text, .blocks) == ["one\ntwo", "three", "four"])
        #expect(documents(text, .wholePart) == ["one\ntwo\n \t\n\n three \n\nfour"])
        for rule in [DocumentRule.blocks, .wholePart, .standard] {
            #expect(documents(" \n\n\t\n", rule) == [])
        }
    }

    @Test func passagesEndWhereTheNextParagraphWouldOvershoot() {
        let lengths = [40, 40, 30, 120, 10, 90, 5]
        let parts = lengths.enumerated().map {
            String(repeating: Character(Unicode.Scalar(UInt8(97 + $0))), count: $1)
        }
        let found = documents(parts.joined(separator: "\n\n"), .passages(characters: 100))
        // 40 + 2 + 40 is nearer to 100 than with 30 more; the last 5 are too short to stand alone.
        #expect(
            found == [
                parts[0...2].joined(separator: "\n\n"), parts[3],
                parts[4...6].joined(separator: "\n\n"),
            ])
    }

    @Test func lengthsAreCountedInCharacters() {
        let paragraph = String(repeating: "я", count: 50)
        let text = Array(repeating: paragraph, count: 4).joined(separator: "\n\n")
        #expect(
            documents(text, .passages(characters: 100)).map(\.unicodeScalars.count) == [102, 102])
    }

    @Test(arguments: 0..<40)
    func passagesKeepEveryParagraphInOrder(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let paragraphs = (0..<200).map { index in
            "p\(index)" + String(repeating: "x", count: next(400))
        }
        let found = documents(paragraphs.joined(separator: "\n\n"), .passages(characters: 1000))
        #expect(found.joined(separator: "\n\n") == paragraphs.joined(separator: "\n\n"))
        // No paragraph is longer than 406, so that the nearest end is within half of that.
        #expect(found.dropLast().allSatisfy { abs($0.count - 1000) <= 206 + 2 })
        #expect(found.last.map { $0.count >= 250 && $0.count <= 1000 + 208 + 252 } == true)
    }

    @Test func linesAndMarksAreEnds() {
        #expect(documents("one\n\n two \nthree", .lines) == ["one", "two", "three"])
        #expect(
            documents("a b<|x|>\nc\n\nd\n<|x|><|x|>e", .separator("<|x|>"))
                == ["a b", "c\n\nd", "e"])
    }

    @Test(
        "Cut passages reach their length whatever the text has: blank lines, lines, sentences or words",
        arguments: ["\n\n", "\n", ". ", " ", "。"])
    func cutPassages(separator: String) {
        let words = (0..<2_000).map { "word\($0)" }
        let text = stride(from: 0, to: 2_000, by: 5).map {
            words[$0..<$0 + 5].joined(separator: " ")
        }.joined(separator: separator)
        let found = documents(text, .cutPassages(characters: 400))
        #expect(found.count > 20)
        for document in found { #expect((200...700).contains(document.count), "\(document.count)") }
        // Only white space may be lost or changed.
        func letters(_ text: String) -> String { text.filter { !$0.isWhitespace } }
        #expect(letters(found.joined()) == letters(text))
    }

    @Test("Paragraphs of usual length are cut as before")
    func usualParagraphs() {
        let text = (0..<300).map { "Paragraph \($0) " + String(repeating: "x", count: $0 % 97) }
            .joined(separator: "\n\n")
        #expect(
            documents(text, .cutPassages(characters: 500))
                == documents(text, .passages(characters: 500)))
    }
}
