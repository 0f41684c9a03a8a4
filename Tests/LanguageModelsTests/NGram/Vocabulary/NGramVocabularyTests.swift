import LanguageModels
import Testing

@Suite struct NGramVocabularyTests {
    private func words(_ spellings: String...) -> [[UInt8]] { spellings.map { Array($0.utf8) } }

    @Test func spellingsAndIdsAreInverse() throws {
        // The boundary's own spelling does not matter, even where another word has it.
        let vocabulary = try NGramVocabulary(
            words: words("a", "b", "a", "<unk>", "\u{0C}", "é"), boundary: 0, unknown: 3)
        #expect(vocabulary.count == 6)
        for id in 0..<6 as Range<UInt32> {
            #expect(vocabulary.id(of: Array(vocabulary[id])) == id)
        }
        #expect(Array(vocabulary[0]) == Array("</s>".utf8))
        #expect(vocabulary.id(of: Array("<s>".utf8)) == 0)
        #expect(vocabulary.id(of: Array("c".utf8)) == nil)
        let text = Array("xbé".utf8)
        #expect(vocabulary.id(of: text.span, 1..<2) == 1)
        #expect(vocabulary.id(of: text.span, 2..<4) == 5)
        let same = try NGramVocabulary(
            words: words("", "b", "a", "<unk>", "\u{0C}", "é"), boundary: 0, unknown: 3)
        #expect(vocabulary == same && vocabulary.hashValue == same.hashValue)
        #expect(
            try vocabulary
                != NGramVocabulary(
                    words: words("", "b", "a", "<unk>", "\u{0C}", "e"), boundary: 0, unknown: 3))
    }

    @Test(arguments: [
        ("", NGramError.Kind.unwritableSpelling(token: 2)),
        ("a b", .unwritableSpelling(token: 2)),
        ("a\u{0}", .unwritableSpelling(token: 2)),
        ("a\r", .unwritableSpelling(token: 2)),
        ("<s>", .reservedSpelling(token: 2)),
        ("</s>", .reservedSpelling(token: 2)),
        ("x", .duplicateSpelling(first: 1, second: 2)),
    ])
    func unusableSpellingsAreRefused(spelling: String, kind: NGramError.Kind) {
        #expect(throws: NGramError(kind)) {
            try NGramVocabulary(words: words("", "x", spelling), boundary: 0, unknown: nil)
        }
    }
}
