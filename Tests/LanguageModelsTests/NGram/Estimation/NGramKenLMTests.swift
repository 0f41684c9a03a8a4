import Foundation
import LanguageModels
import Testing
import Text

/// Modified Kneser-Ney against files that KenLM's `lmplz` wrote.
@Suite struct NGramKenLMTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Discount: Decodable {
            let d: [Double]
            let fallback: Bool
        }

        let corpus: String
        let order: Int
        let vocabularyPad: Int
        let discounts: [Discount]
        let heldout: [Double]

        var testDescription: String { "\(corpus) \(order)" }
    }

    struct Line {
        let words: [String]
        let log10Probability: Double
        let log10BackOff: Double?
    }

    /// Words as ids: 0 is the boundary, 1 `<unk>`, then all words in alphabetic order.
    struct Vocabulary {
        var words = ["</s>", "<unk>"]
        var ids: [String: UInt32] = [:]
        var count: Int

        init(_ text: String, pad: Int) {
            words += Set(text.split(whereSeparator: \.isWhitespace).map(String.init)).sorted()
            for (id, word) in words.enumerated() { ids[word] = UInt32(id) }
            ids["<s>"] = 0
            count = max(words.count, pad)
        }

        func spelling(_ id: UInt32) -> [UInt8] {
            Array((Int(id) < words.count ? words[Int(id)] : "pad\(id)").utf8)
        }

        func dataset(_ text: String) -> TokenDataset {
            var dataset = TokenDataset()
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                dataset.append(document: line.split(separator: " ").map { ids[String($0)] ?? 1 })
            }
            return dataset
        }
    }

    static func cases() throws -> [Case] {
        try JSONDecoder().decode([Case].self, from: try ngramFixture("lmplz.json"))
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try ngramFixture(name), as: UTF8.self)
    }

    private func lines(ofARPA text: String) -> [Line] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t")
            guard fields.count > 1, let probability = Double(fields[0]) else { return nil }
            return Line(
                words: fields[1].split(separator: " ").map(String.init),
                log10Probability: probability,
                log10BackOff: fields.count > 2 ? Double(fields[2]) : nil)
        }
    }

    private func model(
        _ example: Case, countsOfCounts: NGramCountsOfCounts = .lmplz
    ) throws -> (NGramModel, Vocabulary) {
        let corpus = try text("\(example.corpus).txt")
        let vocabulary = Vocabulary(corpus, pad: example.vocabularyPad)
        let model = try NGramModel(
            training: vocabulary.dataset(corpus), vocabularyCount: vocabulary.count, boundary: 0,
            configuration: NGramConfiguration(
                order: example.order, smoothing: .modifiedKneserNey,
                countsOfCounts: countsOfCounts))
        return (model, vocabulary)
    }

    @Test(arguments: try cases())
    func everyProbabilityAndBackOffAgrees(example: Case) throws {
        let (model, vocabulary) = try model(example)
        let lines = lines(ofARPA: try text("\(example.corpus)-\(example.order).arpa"))
        // `<s>` and `</s>` are one id here, and tokens of a padded vocabulary are not in lmplz's
        // file.
        let padding = vocabulary.count - vocabulary.words.count
        #expect(lines.count == model.trie.nodeCount - padding)
        for line in lines where line.words != ["<s>"] {
            let ids = try line.words.map { try #require(vocabulary.ids[$0]) }
            let probability =
                model.logProbability(of: ids[ids.count - 1], after: ids.dropLast()) / log(10)
            #expect(abs(probability - line.log10Probability) < 1e-5, "\(line)")
        }
        for line in lines where line.words.last != "</s>" && line.words != ["<unk>"] {
            guard let backOff = line.log10BackOff else { continue }
            let ids = try line.words.map { try #require(vocabulary.ids[$0]) }
            let state = model.trie.state(after: ids[...])
            #expect(abs(log10(model.backOffs[state]) - backOff) < 1e-5, "\(line)")
        }
    }

    @Test(arguments: try cases())
    func discountsAgree(example: Case) throws {
        let (model, _) = try model(example)
        #expect(model.discounts.count == example.discounts.count)
        for (ours, theirs) in zip(model.discounts, example.discounts) {
            #expect(ours.isFallback == theirs.fallback)
            for (a, b) in zip([ours.one, ours.two, ours.threeOrMore], theirs.d) {
                #expect(abs(a - b) < 1e-5 * max(1, b))
            }
        }
    }

    @Test(arguments: try cases().filter { $0.order > 1 })
    func heldOutDocumentsScoreTheSame(example: Case) throws {
        let (model, vocabulary) = try model(example)
        let score = model.score(vocabulary.dataset(try text("heldout.txt")))
        #expect(score.documentCount == example.heldout.count)
        for (document, total) in example.heldout.enumerated() {
            let nats = score.nats[score.events(ofDocument: document)].reduce(0, +)
            // KenLM sums and prints binary32.
            #expect(abs(-nats / log(10) - total) < 2e-6 * abs(total) + 1e-6)
        }
    }

    @Test func theLastNGramIsWhereLmplzDepartsFromTheDefinition() throws {
        let example = try #require(try Self.cases().first { $0.corpus == "tail" && $0.order == 3 })
        let (lmplz, _) = try model(example)
        let (exact, _) = try model(example, countsOfCounts: .exact)
        #expect(lmplz.discounts[1] != exact.discounts[1])
        #expect(lmplz.discounts[2] == exact.discounts[2])
    }
}

/// What `lmplz` does with text and options, from text to ARPA file.
@Suite struct NGramKenLMOptionTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let corpus: String
        let order: Int
        let words: [String]?
        let prune: [Int]
        let fallback: [Double]?
        let skipsReservedWords: Bool
        let kept: [Int]
        let all: [Int]

        var testDescription: String { name }
    }

    static func cases() throws -> [Case] {
        try JSONDecoder().decode([Case].self, from: try ngramFixture("lmplz-options.json"))
    }

    @Test(arguments: try cases())
    func theARPAFileIsTheSame(example: Case) throws {
        var options = NGramTrainingOptions(
            configuration: NGramConfiguration(
                order: example.order, smoothing: .modifiedKneserNey, countsOfCounts: .lmplz))
        options.pruning = try NGramCountPruning(thresholds: example.prune)
        options.allowedWords = example.words?.map { Array($0.utf8) }
        options.skipsReservedWords = example.skipsReservedWords
        if let values = example.fallback {
            options.fallback = NGramDiscounts(
                one: values[0], two: values[1], threeOrMore: values[2], isFallback: true)
        }
        let (written, summary) = try writtenARPA(
            [UInt8](ngramFixture("\(example.corpus).txt")), options: options)
        let ours = arpaTable(written)
        let theirs = arpaTable([UInt8](try ngramFixture("\(example.name).arpa")))
        #expect(Set(ours.keys) == Set(theirs.keys))
        for (key, values) in theirs {
            let found = try #require(ours[key])
            #expect(abs(found[0] - values[0]) < 1e-5 && abs(found[1] - values[1]) < 1e-5, "\(key)")
        }
        // lmplz counts `<s>` among the unigrams.
        #expect(summary.orders.map(\.kept) == [example.kept[0] - 1] + example.kept[1...])
        #expect(summary.orders.map(\.types) == [example.all[0] - 1] + example.all[1...])
    }

    @Test func discountsWithoutAFallbackAreAnError() throws {
        var options = NGramTrainingOptions(
            configuration: NGramConfiguration(order: 2, smoothing: .modifiedKneserNey))
        options.fallback = nil
        #expect(throws: NGramError(.noDiscounts(order: 1))) {
            try writtenARPA(Array("a b\n".utf8), options: options)
        }
    }

    @Test(arguments: [[-1], [0, 2, 1]])
    func thresholdsMustAscend(thresholds: [Int]) {
        #expect(throws: NGramError(.invalidThresholds(thresholds))) {
            try NGramCountPruning(thresholds: thresholds)
        }
    }
}
