import Foundation
import Testing
import Text

@Suite struct PreTokenizationTests {
    struct Cut: Sendable, CustomTestStringConvertible {
        var rule: PreTokenization
        var text: String
        var pieces: [String]
        var testDescription: String { "\(rule) on \(text.debugDescription)" }
    }

    /// Pieces show in a vocabulary that has learnt everything: each is then one token.
    @Test(arguments: [
        Cut(
            rule: .gpt2, text: "it's  1234 \n we'LL!?",
            pieces: ["it", "'s", " ", " 1234", " \n", " we", "'", "LL", "!?"]),
        Cut(
            rule: .cl100k, text: "it's  1234 \n we'LL!?\n\n (a)\tb",
            pieces: [
                "it", "'s", " ", " ", "123", "4", " \n", " we", "'LL", "!?\n\n", " (", "a", ")",
                "\tb",
            ]),
        Cut(rule: .cl100k, text: "a \n \n  ", pieces: ["a", " \n \n", "  "]),
        Cut(rule: .qwen2, text: "12'ſx", pieces: ["1", "2", "'ſ", "x"]),
        Cut(rule: .smollm, text: "in 1815  2", pieces: ["in", " ", "1", "8", "1", "5", "  ", "2"]),
    ])
    func cutsByHand(cut: Cut) {
        let tokenizer = BytePairTokenizer.train(
            on: [bytes(cut.text)], vocabularyCount: 1_000, preTokenization: cut.rule)
        let tokens = tokenizer.encode(bytes(cut.text))
        #expect(tokens.map { string(tokenizer.vocabulary[Int($0)]) } == cut.pieces)
    }

    @Test(arguments: [
        "gpt2", "cl100k", "qwen2", "smollm", "none", "digits+cl100k", "prefix-space",
        "prefix-space+gpt2", "individual-digits+digits+qwen2+gpt2",
    ])
    func namesMeanRules(name: String) throws {
        let rule = try #require(PreTokenization(name: name))
        #expect(rule.name == name)
        let coded = try JSONDecoder().decode(
            PreTokenization.self, from: try JSONEncoder().encode(rule))
        #expect(coded == rule)
    }

    @Test(arguments: ["", "gpt3", "gpt2+", "none+gpt2", "prefix-space+cl100k", "GPT2"])
    func otherNamesMeanNothing(name: String) {
        #expect(PreTokenization(name: name) == nil)
    }

    @Test func namesToChooseFromAreNames() {
        #expect(PreTokenization.names.allSatisfy { PreTokenization(name: $0)?.name == $0 })
    }
}
