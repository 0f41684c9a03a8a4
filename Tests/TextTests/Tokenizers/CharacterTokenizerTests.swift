import Testing
import Text

@Suite struct CharacterTokenizerTests {
    @Test func clustersAreTokensAndTheRestIsBytes() {
        let tokenizer = CharacterTokenizer.train(on: [bytes("aé é👩‍👩‍👧e\u{301}")])
        // By count: é twice; then by bytes: e + accent (65 ...), the family (F0 ...).
        #expect(tokenizer.vocabularyCount == 257 + 3)
        #expect(tokenizer.encode(bytes("a")) == [97])
        #expect(tokenizer.encode(bytes("é")) == [257])
        #expect(tokenizer.encode(bytes("e\u{301}")) == [258])
        #expect(tokenizer.encode(bytes("👩‍👩‍👧")) == [259])
        #expect(tokenizer.encode(bytes("ü")) == [0xC3, 0xBC])
        #expect(tokenizer.documentBoundary == 256)
        #expect(tokenizer.unknown == nil)
    }

    @Test func rareAndSurplusClustersAreLeftOut() {
        let documents = [bytes("ééé üü ö")]
        #expect(CharacterTokenizer.train(on: documents, minimumCount: 2).vocabularyCount == 259)
        let one = CharacterTokenizer.train(on: documents, vocabularyCount: 258)
        #expect(one.encode(bytes("éü")) == [257, 0xC3, 0xBC])
    }

    @Test func clustersMustBeDistinctAndLong() {
        #expect(CharacterTokenizer(clusters: [bytes("é"), bytes("é")]) == nil)
        #expect(CharacterTokenizer(clusters: [bytes("a")]) == nil)
        // Canonically equal but different bytes: two entries.
        #expect(CharacterTokenizer(clusters: [bytes("é"), bytes("e\u{301}")]) != nil)
    }
}
