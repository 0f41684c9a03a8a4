import Foundation
import Support
import Testing
import Text

/// Everything against Hugging Face's `tokenizers`, whose answers are in the fixtures.
@Suite struct ReferenceTests {
    struct Fuzz: Decodable, Sendable, CustomTestStringConvertible {
        /// The name of a pre-tokenisation, or a file.
        var rule: String
        /// SHA-256 of the file trained on `text.txt` with 900 tokens.
        var file: String?
        /// The numbers of strings that are left out, because the reference normalises by old
        /// tables.
        var skipped: [Int]?
        /// Of the ids of ``RandomStrings/blocks``.
        var blocks: [String]
        /// Of the ids of ``RandomStrings/long``.
        var long: String?
        var testDescription: String { rule }

        static let all: [Fuzz] = {
            let bytes = (try? tokenizerFixture("fuzz.json")) ?? []
            return (try? JSONDecoder().decode([Fuzz].self, from: Data(bytes))) ?? []
        }()
    }

    @Test func thereAreReferences() {
        #expect(Fuzz.all.map(\.rule).contains("cl100k"))
    }

    /// 100,000 strings of any characters: all rules of cutting, trained and applied as the
    /// reference does.
    @Test(arguments: Fuzz.all)
    func randomStrings(fuzz: Fuzz) throws {
        let tokenizer: BytePairTokenizer
        if let file = fuzz.file {
            let rule = try #require(PreTokenization(name: fuzz.rule))
            tokenizer = BytePairTokenizer.train(
                on: [try tokenizerFixture("text.txt")], vocabularyCount: 900,
                preTokenization: rule)
            #expect(SHA256.digest(of: tokenizer.serialized()).hexadecimal == file)
        } else {
            tokenizer = try #require(
                try TokenizerFile.read(bytes: tokenizerFixture(fuzz.rule)) as? BytePairTokenizer)
        }
        let skipped = Set(fuzz.skipped ?? [])
        for (number, block) in RandomStrings.blocks.enumerated() {
            let strings = block.indices.filter { !skipped.contains(1_000 * number + $0) }
                .map { block[$0] }
            #expect(digest(tokenizer, strings) == fuzz.blocks[number], "block \(number)")
        }
        if let long = fuzz.long { #expect(digest(tokenizer, RandomStrings.long) == long) }
    }

    private func digest(_ tokenizer: BytePairTokenizer, _ strings: [[UInt8]]) -> String {
        var bytes: [UInt8] = []
        for string in strings {
            for token in tokenizer.encodeRecognizingAddedTokens(string) + [.max] {
                withUnsafeBytes(of: token.littleEndian) { bytes += $0 }
            }
        }
        return String(SHA256.digest(of: bytes).hexadecimal.prefix(16))
    }

    private struct Case: Decodable {
        var text: String
        var ids: [String: [UInt32]]
    }

    @Test(arguments: ["tokenizer-300.json", "tokenizer-900.json", "legacy.json", "added.json"])
    func encodesLikeTheReference(file: String) throws {
        let tokenizer = try #require(
            try TokenizerFile.read(bytes: tokenizerFixture(file)) as? BytePairTokenizer)
        let cases = try JSONDecoder().decode(
            [Case].self, from: Data(tokenizerFixture("cases.json")))
        #expect(cases.count > 30)
        for reference in cases {
            let text = bytes(reference.text)
            #expect(
                tokenizer.encodeRecognizingAddedTokens(text) == reference.ids[file],
                "\(reference.text.debugDescription)")
        }
        #expect(tokenizer.isLossless == (file != "added.json"))
    }

    /// Identical to the reference to the last byte of the file.
    @Test(arguments: [300, 900])
    func trainsTheReferenceVocabulary(count: Int) throws {
        let tokenizer = BytePairTokenizer.train(
            on: [try tokenizerFixture("text.txt")], vocabularyCount: count)
        #expect(tokenizer.serialized() == (try tokenizerFixture("tokenizer-\(count).json")))
    }
}
