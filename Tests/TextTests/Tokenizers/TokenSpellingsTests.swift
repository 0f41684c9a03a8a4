import Testing
import Text

@Suite struct TokenSpellingsTests {
    @Test func spellingsAreDistinctAndHaveNoSpace() throws {
        var source = TestBytes(seed: 8)
        let documents = (0..<40).map { _ in source.text(count: 400) }
        let tokenizers: [any Tokenizer] = [
            ByteTokenizer(), TokenizerTrainer(kind: .character).train(on: documents),
            TokenizerTrainer(kind: .bpe, vocabularyCount: 500).train(on: documents),
            TokenizerTrainer(kind: .word, minimumCount: 1).train(on: documents),
            try TokenizerFile.read(bytes: tokenizerFixture("legacy.json")),
            try TokenizerFile.read(bytes: tokenizerFixture("added.json")),
        ]
        for tokenizer in tokenizers {
            let spellings = TokenSpellings(tokenizer)
            #expect(spellings.count == tokenizer.vocabularyCount)
            for token in 0..<UInt32(spellings.count) {
                let spelling = Array(spellings[token])
                #expect(spelling == tokenizer.spelling(of: token))
                #expect(spellings.token(spelling) == token)
                #expect(!spelling.isEmpty && spelling.allSatisfy { $0 > 0x20 && $0 != 0x7F })
                let text = String(decoding: spelling, as: UTF8.self)
                #expect(Array(text.utf8) == spelling)
                #expect(!text.unicodeScalars.contains { $0.properties.isWhitespace })
            }
            #expect(spellings.token(bytes("no such token")) == nil)
        }
    }

    @Test func wordsAreSpelledAsTheyAre() throws {
        let tokenizer = try #require(
            WordTokenizer(words: [bytes("don't"), bytes("•"), bytes("a b"), bytes("\u{A0}")]))
        #expect(string(tokenizer.spelling(of: 0)) == "<unk>")
        #expect(string(tokenizer.spelling(of: 1)) == "</s>")
        #expect(string(tokenizer.spelling(of: 2)) == "don't")
        #expect(string(tokenizer.spelling(of: 4)) == "•aĠb")
    }

    /// What language-model files reserve is spelled otherwise where it is a token like any other.
    @Test func reservedSpellingsAreEscaped() {
        let text = bytes("<s><s></s></s><unk><unk>")
        let tokenizer = BytePairTokenizer.train(
            on: [text], vocabularyCount: 400,
            preTokenization: PreTokenization(name: "none") ?? .gpt2)
        let reserved: Set = ["<s>", "</s>", "<unk>"]
        for token in 0..<UInt32(tokenizer.vocabularyCount) {
            #expect(!reserved.contains(string(tokenizer.spelling(of: token))))
        }
        _ = TokenSpellings(tokenizer)
    }

    @Test func foreignTokensAreRefused() {
        let error = #expect(throws: TokenRangeError.self) {
            try ByteTokenizer().decode(untrusted: [97, 257])
        }
        #expect(
            error?.description == """
                token 257 at position 1 is outside the vocabulary of 257: the tokens were made with \
                another tokenizer
                """)
        #expect(throws: Never.self) { try ByteTokenizer().decode(untrusted: [97, 256]) }
    }
}
