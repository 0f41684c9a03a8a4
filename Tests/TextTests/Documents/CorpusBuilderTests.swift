import Support
import Testing
import Text

@Suite struct CorpusBuilderTests {
    private func parts(_ range: Range<Int>) -> [[UInt8]] {
        range.map { Array("document number \($0)".utf8) }
    }

    private func split(of documents: SplitDocuments) -> [[UInt8]: Split] {
        var splits: [[UInt8]: Split] = [:]
        for split in Split.allCases {
            for index in 0..<documents[split].count {
                splits[documents[split].bytes(of: index)] = split
            }
        }
        return splits
    }

    private let rules = CorpusRules(documents: .wholePart)

    @Test(arguments: [1, 10, 500])
    func addingDocumentsMovesNone(count: Int) throws {
        let before = split(of: try CorpusBuilder.build(parts: parts(0..<500), rules: rules))
        let after = split(
            of: try CorpusBuilder.build(parts: parts(0..<500 + count).reversed(), rules: rules))
        #expect(before.count == 500)
        #expect(after.count == 500 + count)
        for (document, split) in before { #expect(after[document] == split) }
    }

    @Test func sharesAreThoseOfTheRule() throws {
        let documents = try CorpusBuilder.build(parts: parts(0..<20_000), rules: rules)
        // Binomial with n = 20,000: 5 standard deviations, a chance of 6e-7 for each.
        #expect(abs(documents.test.count - 2400) < 5 * 46)
        #expect(abs(documents.validation.count - 1000) < 5 * 31)
    }

    /// The split is for ever: SHA-256 of "abc" begins with ba7816bf..., a fraction of 0.7284.
    @Test func theSplitIsTheDigestAsAFraction() throws {
        let digest = SHA256.digest(of: Array("abc".utf8))
        #expect(
            digest.hexadecimal
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SplitRule(validation: 0.1, test: 0.7)?.split(of: digest) == .validation)
        #expect(SplitRule(validation: 0, test: 0.7)?.split(of: digest) == .train)
        #expect(SplitRule(validation: 0, test: 0.73)?.split(of: digest) == .test)
        #expect(SplitRule(validation: 0.5, test: 0.5) == nil)
        #expect(SplitRule(validation: -0.1, test: 0.5) == nil)
        #expect(SplitRule(validation: .nan, test: 0.5) == nil)
    }

    @Test func duplicatesAreEqualAfterNormalisation() throws {
        let texts = ["é", "e\u{301}", "É", " é\n", "x"].map { Array($0.utf8) }
        let documents = try CorpusBuilder.build(parts: texts, rules: rules)
        #expect(documents.duplicates == 2)
        #expect(Set(split(of: documents).keys) == Set(["é", "É", "x"].map { Array($0.utf8) }))
        let folded = CorpusRules(
            normalization: UnicodeNormalizer(foldsCase: true), documents: .wholePart)
        #expect(try CorpusBuilder.build(parts: texts, rules: folded).duplicates == 3)
    }

    @Test func theHashIsOfDocumentsAndSplit() throws {
        func hash(_ parts: [[UInt8]], _ split: SplitRule = .standard) throws -> String {
            let rules = CorpusRules(documents: .wholePart, split: split)
            return CorpusBuilder.contentHash(
                of: try CorpusBuilder.build(parts: parts, rules: rules), split: split)
        }
        let original = try hash(parts(0..<50))
        #expect(try hash(parts(0..<50).reversed()) == original)
        #expect(try hash(parts(0..<50) + parts(3..<7)) == original)
        #expect(try hash(parts(0..<51)) != original)
        let other = try #require(SplitRule(validation: 0.05, test: 0.1200001))
        #expect(try hash(parts(0..<50), other) != original)
        #expect(original == "e799f78ee2c6bca7226a3f4916718909eccb7411a8e26b7fcaf97e19e69a6045")
    }

    @Test func aPartThatIsNotUTF8IsNamed() {
        #expect(throws: CorpusBuilder.PartError(part: 1, byteOffset: 2)) {
            try CorpusBuilder.build(parts: [[0x61], [0x61, 0x62, 0xFF]], rules: rules)
        }
    }
}
