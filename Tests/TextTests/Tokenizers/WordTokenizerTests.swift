import Testing
import Text

@Suite struct WordTokenizerTests {
    struct Cut: Sendable, CustomTestStringConvertible {
        var text: String
        var words: [String]
        var testDescription: String { text.debugDescription }
    }

    @Test(arguments: [
        Cut(text: "I don't know, Sir.", words: ["I", "don't", "know", ",", "Sir", "."]),
        Cut(text: "o’clock--'tis", words: ["o’clock", "--", "'", "tis"]),
        Cut(text: "1,000.5 a 3rd?!", words: ["1,000.5", "a", "3", "rd", "?", "!"]),
        Cut(text: "wait... _no_", words: ["wait", "...", "_", "no", "_"]),
        Cut(text: "cafe\u{301} naïve\u{A0}x\n\n", words: ["cafe\u{301}", "naïve", "x"]),
        Cut(text: "日本。", words: ["日本", "。"]),
        Cut(text: " \t\n", words: []),
    ])
    func cutsWords(cut: Cut) {
        let tokenizer = WordTokenizer.train(on: [bytes(cut.text)], minimumCount: 1)
        #expect(
            tokenizer.encode(bytes(cut.text)).map { tokenizer.word($0).map(string) } == cut.words)
    }

    @Test(arguments: [
        "I don't know, Sir; she said: no!",
        "\"Well,\" said he (laughing), \"it was--perhaps--well-bred.\"",
        "A _very_ long day... at $5 and 10%.",
    ])
    func joinsSensibly(text: String) {
        let tokenizer = WordTokenizer.train(on: [bytes(text)], minimumCount: 1)
        #expect(string(tokenizer.decode(tokenizer.encode(bytes(text)))) == text)
    }

    @Test func rareWordsAreUnknown() {
        let document = bytes("to be or not to be")
        let tokenizer = WordTokenizer.train(on: [document])
        #expect(tokenizer.vocabularyCount == 4)
        #expect(tokenizer.unknown == 0)
        #expect(tokenizer.documentBoundary == 1)
        // Of equal count, the smaller bytes come first.
        #expect(tokenizer.encode(document) == [3, 2, 0, 0, 3, 2])
        #expect(string(tokenizer.decode([3, 0, 1, 2])) == "to <unk> be")
        #expect(tokenizer.encode(bytes("to <unk> be")) == [3, 0, 2])
        let rate = UnknownRate(of: tokenizer.encode(documents: [document]), tokenizer: tokenizer)
        #expect(rate == UnknownRate(unknownTokens: 2, tokens: 6))
        #expect(abs(rate.share - 1.0 / 3) < 1e-15)
        #expect(UnknownRate(of: TokenDataset(), tokenizer: ByteTokenizer()).share == 0)
    }

    @Test func sizeIsLimitedByCount() {
        let document = bytes("a a a b b b c c d d d d")
        let tokenizer = WordTokenizer.train(on: [document], vocabularyCount: 5)
        #expect((2..<5).map { tokenizer.word($0).map(string) } == ["d", "a", "b"])
        #expect(tokenizer.word(5) == nil && tokenizer.word(0) == nil)
    }

    @Test func caseIsFoldedWhenAsked() {
        let document = bytes("Élan élan ÉLAN")
        #expect(WordTokenizer.train(on: [document]).vocabularyCount == 2)
        let folded = WordTokenizer.train(on: [document], lowercased: true)
        #expect(folded.encode(document) == [2, 2, 2])
        #expect(folded.word(2).map(string) == "élan")
    }

    @Test func whitespacePatternKeepsPunctuation() {
        let document = bytes("it's, it's, <unk> <s> </s> <unk>")
        let tokenizer = WordTokenizer.train(on: [document], pattern: .whitespace)
        #expect(tokenizer.vocabularyCount == 3)
        #expect(tokenizer.encode(document) == [2, 2, 0, 0, 0, 0])
        #expect(string(tokenizer.decode([2, 2])) == "it's, it's,")
    }
}
