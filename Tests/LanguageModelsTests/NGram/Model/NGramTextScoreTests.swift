import Compute
import Foundation
import LanguageModels
import Support
import TestSupport
import Testing
import Text

/// Perplexities of text against those that KenLM's `query` prints (scripts/fixtures/ngram-arpa.py).
@Suite struct NGramTextScoreTests {
    struct Query: Decodable, Sendable, CustomTestStringConvertible {
        let arpa: String
        /// log10 of the probability, and unknown words, of each line.
        let sentences: [[Double]]
        let including: Double
        let excluding: Double
        let unknown: Int
        let tokens: Int

        var testDescription: String { arpa }
    }

    static func queries() throws -> [Query] {
        try JSONDecoder().decode([Query].self, from: ngramFixture("query.json"))
    }

    private func score(
        _ model: NGramTextModel, _ text: [UInt8], workers: Int = 2
    ) throws -> (total: NGramTextScore, sentences: [NGramTextScore]) {
        let folder = try TemporaryFolder()
        try Data(text).write(to: URL(filePath: folder / "text"))
        var sentences: [NGramTextScore] = []
        let total = try model.score(
            BlockReader(folder / "text"), pool: WorkerPool(count: workers)
        ) { sentences.append($0) }
        return (total, sentences)
    }

    private func model(_ name: String) throws -> NGramTextModel {
        try NGramTextModel(arpa: [UInt8](ngramFixture(name)), pool: WorkerPool(count: 1))
    }

    @Test(arguments: try queries())
    func perplexitiesAreKenLMs(query: Query) throws {
        let (total, sentences) = try score(
            model(query.arpa), [UInt8](ngramFixture("heldout.txt")))
        // KenLM sums binary32.
        func agrees(_ found: Double, _ expected: Double) -> Bool {
            abs(found - expected) < 2e-6 * abs(expected) + 1e-6
        }
        #expect(sentences.count == query.sentences.count)
        for (found, expected) in zip(sentences, query.sentences) {
            #expect(agrees(found.log10Probability, expected[0]))
            #expect(found.unknownTokens == Int(expected[1]))
        }
        #expect(total.tokens == query.tokens && total.unknownTokens == query.unknown)
        // A perplexity of 10^20 and more, as where the file has no <unk>, is its logarithm's
        // precision apart.
        #expect(
            agrees(Foundation.log10(total.perplexity), Foundation.log10(query.including)))
        #expect(
            abs(total.perplexityWithoutUnknown - query.excluding) < 2e-6 * query.excluding)
    }

    @Test func aLongTextScoresLineByLineLikeItsTokens() throws {
        let model = try model("plain-5.arpa")
        let lines: [[String]] = try String(decoding: ngramFixture("plain.txt"), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.split(separator: " ").map(String.init) }
        // Several parts; white space of all kinds; a word that is spelled like a boundary; no line
        // feed at the end.
        let repeated = Array(repeating: lines, count: 200).joined() + [["w1", "</s>", "w2"]]
        let text = repeated.map { $0.joined(separator: " \t") + " \r" }.joined(separator: "\n")
        var dataset = TokenDataset()
        for line in repeated {
            dataset.append(
                document: line.map {
                    $0 == "</s>" ? 1 : model.vocabulary.id(of: Array($0.utf8)) ?? 1
                })
        }
        let nats = model.model.score(dataset)
        let one = try score(model, Array(text.utf8), workers: 1)
        let two = try score(model, Array(text.utf8), workers: 2)
        #expect(one.total == two.total && one.sentences == two.sentences)
        #expect(one.total == one.sentences.reduce(into: .zero) { $0 += $1 })
        #expect(one.sentences.count == repeated.count)
        for (document, found) in one.sentences.enumerated() {
            let events = nats.events(ofDocument: document)
            let expected = -nats.nats[events].reduce(0, +) / Foundation.log(10)
            #expect(found.tokens == events.count)
            #expect(abs(found.log10Probability - expected) <= 1e-12 * abs(expected))
        }
    }
}
