import Compute
import Foundation
import LanguageModels
import TestSupport
import Testing
import Text

@Suite struct ARPAReadingTests {
    private let pool = WorkerPool(count: 2)

    static let kenLM = try? JSONDecoder().decode(
        [NGramKenLMTests.Case].self, from: ngramFixture("lmplz.json"))

    private func read(_ text: String) throws -> NGramTextModel {
        try NGramTextModel(arpa: Array(text.utf8), pool: pool)
    }

    /// Ids of words; a word that is not in the vocabulary is unknown.
    private func ids(_ words: [String], _ vocabulary: NGramVocabulary) -> [UInt32] {
        words.map { vocabulary.id(of: Array($0.utf8)) ?? 1 }
    }

    /// Asks for every word after many contexts, and compares with the definition.
    private func compare(_ text: String, seed: UInt64 = 1, contexts count: Int = 200) throws {
        let read = try read(text)
        let (model, vocabulary) = (read.model, read.vocabulary)
        let definition = ARPADefinition(text)
        #expect(model.order == definition.order)
        let words = (1..<UInt32(vocabulary.count)).map {
            String(decoding: vocabulary[$0], as: UTF8.self)
        }
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        let listed = definition.entries.keys.sorted { $0.lexicographicallyPrecedes($1) }
        for round in 0..<count {
            var context: [String]
            if round % 2 == 0 {
                context = listed[random.below(listed.count)].filter { $0 != "</s>" }
            } else {
                context = (0..<random.below(model.order + 1)).map { _ in
                    words[random.below(words.count)]
                }
                if random.below(3) == 0 { context.insert("<s>", at: 0) }
            }
            for word in words + ["</s>"] where word != "<s>" {
                let expected = definition.log10(word, after: context)
                let ids = ids(context + [word], vocabulary)
                let found =
                    model.logProbability(of: ids[ids.count - 1], after: Array(ids.dropLast()))
                    / log(10)
                #expect(
                    found == expected || abs(found - expected) < 1e-9
                        || (expected <= -99 && found == -.infinity),
                    "p(\(word) | \(context)) is \(found), not \(expected)")
            }
        }
    }

    @Test(arguments: ["plain", "tail", "tiny", "padded"], 1...8)
    func kenLMFilesGiveWhatTheyDefine(corpus: String, order: Int) throws {
        guard let data = try? ngramFixture("\(corpus)-\(order).arpa") else { return }
        try compare(String(decoding: data, as: UTF8.self), contexts: 60)
    }

    @Test(arguments: kenLM?.filter { $0.order > 1 } ?? [])
    func heldOutTotalsAreThoseOfKenLMsQuery(example: NGramKenLMTests.Case) throws {
        let read = try NGramTextModel(
            arpa: [UInt8](ngramFixture("\(example.corpus)-\(example.order).arpa")), pool: pool)
        var dataset = TokenDataset()
        let text = String(decoding: try ngramFixture("heldout.txt"), as: UTF8.self)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            dataset.append(
                document: ids(line.split(separator: " ").map(String.init), read.vocabulary))
        }
        let score = read.model.score(dataset)
        #expect(score.documentCount == example.heldout.count)
        for (document, total) in example.heldout.enumerated() {
            let nats = score.nats[score.events(ofDocument: document)].reduce(0, +)
            #expect(abs(-nats / log(10) - total) < 2e-6 * abs(total) + 1e-6)
        }
    }

    /// Marks in the style of SRILM: no `<unk>`, no back-off where it is 0, -99 for zero, suffixes
    /// and prefixes pruned away, spaces for tabs, spaces at line ends, a head with space, lines out
    /// of order.
    static let srilm = #"""

        \data\
        ngram 1=5
        ngram 2=4
        ngram 3=3

        \1-grams:
        -1.2 b -0.3
        -99 <s> -0.2
        -0.5 </s>
        -0.8 a -0.1
        -99 never -0.4

        \2-grams:
        -0.6 b a -0.25
        -0.4 <s> a
        -0.9 a </s>
        -0.3 never b -0.125

        \3-grams:
        -0.2 a b a
        -0.35 <s> b never
        -0.05 b never </s>

        \end\
        """#

    @Test func anSRILMFileGivesWhatItDefines() throws {
        try compare(Self.srilm)
        let read = try read(Self.srilm)
        // `a b`, `<s> b`, `b never` and `never </s>` are implied.
        #expect((1...3).map { read.model.trie.level($0).count } == [5, 8, 3])
        #expect(read.vocabulary.unknown == 1)
        #expect(read.model.probability(of: 1, after: []) == 1e-100)
        // A context without successors has its back-off weight all the same.
        let (a, b) = (
            read.vocabulary.id(of: Array("a".utf8)), read.vocabulary.id(of: Array("b".utf8))
        )
        let found = read.model.logProbability(
            of: try #require(b), after: [try #require(b), try #require(a)])
        #expect(abs(found / log(10) - (-0.25 - 0.1 - 1.2)) < 1e-12)
    }

    @Test func lineEndsSpacesAndHeadsMayDiffer() throws {
        let model = try read(Self.srilm)
        let variants = [
            Self.srilm.replacing("\n", with: "\r\n"), Self.srilm.replacing("\n", with: " \t\n"),
            Self.srilm.replacing("-0.6 b a -0.25", with: "-0.6\tb a\t-0.25"),
            Self.srilm.replacing("ngram 1=5", with: "ngram 1=     5"),
            Self.srilm.replacing("ngram 1=5", with: "ngram\t1=\t5"), "\u{FEFF}" + Self.srilm,
            "a note\n\n" + Self.srilm, Self.srilm + "\n\nand more",
            Self.srilm.replacing("-99 <s>", with: "0 <s>"),
            Self.srilm.replacing("-99", with: "-inf"),
            Self.srilm.replacing("-0.6 ", with: "-6.0e-1 "),
            Self.srilm.replacing("-0.2 a b a", with: "-0.2 a b a 0"),
            Self.srilm.replacing("-1.2 b -0.3\n", with: "").replacing(
                "-0.8 a -0.1", with: "-1.2 b -0.3\n\n-0.8 a -0.1"),
        ]
        for variant in variants { #expect(try read(variant) == model, "\(variant)") }
    }

    @Test func anyOrderOfLinesGivesTheSameProbabilities() throws {
        let text = String(decoding: try ngramFixture("plain-3.arpa"), as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var random = RandomStream(RandomKey(seed: 3, purpose: .test))
        for part in lines.split(separator: "") where part.count > 10 {
            var shuffled = Array(part.dropFirst())
            random.shuffle(&shuffled)
            lines.replaceSubrange(part.indices.dropFirst(), with: shuffled)
        }
        let shuffled = lines.joined(separator: "\n")
        #expect(shuffled != text)
        try compare(shuffled, contexts: 40)
    }

    @Test(arguments: [1, 2, 3])
    func anyNumberOfWorkersGivesTheSameModel(workers: Int) throws {
        let bytes = [UInt8](try ngramFixture("plain-5.arpa"))
        let model = try NGramTextModel(arpa: bytes, pool: WorkerPool(count: workers))
        #expect(try model == NGramTextModel(arpa: bytes, pool: WorkerPool(count: 1)))
    }

    /// N-grams are removed at random, so that prefixes and suffixes are missing at every length.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func prunedFilesGiveWhatTheyDefine(seed: UInt64) throws {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        let text = String(decoding: try ngramFixture("plain-\(2 + seed % 4).arpa"), as: UTF8.self)
        var counts: [Int] = []
        var sections: [String] = []
        for section in text.components(separatedBy: "\n\n").dropFirst() {
            var lines = section.split(separator: "\n")
            guard lines[0].hasSuffix("-grams:") else { continue }
            if !counts.isEmpty {
                lines = [lines[0]] + lines.dropFirst().filter { _ in random.below(10) < 7 }
            }
            counts.append(lines.count - 1)
            sections.append(lines.joined(separator: "\n"))
        }
        let head = counts.enumerated().map { "ngram \($0 + 1)=\($1)" }.joined(separator: "\n")
        try compare(
            "\\data\\\n\(head)\n\n" + sections.joined(separator: "\n\n") + "\n\n\\end\\\n",
            seed: seed, contexts: 60)
    }

    @Test func whatWeWriteWeReadBack() throws {
        for configuration in everyConfiguration where configuration.smoothing != .addK {
            let model = try NGramModel(
                training: randomDocuments(seed: 4), vocabularyCount: 22, boundary: 0,
                configuration: configuration)
            let words = ["", "<unk>"] + (2..<22).map { "w\($0)" }
            let written = try model.arpa(
                vocabulary: NGramVocabulary(
                    words: words.map { Array($0.utf8) }, boundary: 0, unknown: 1))
            let read = try NGramTextModel(arpa: written, pool: pool)
            #expect(read.model.trie == model.trie)
            #expect(read.model.order == configuration.order)
            for (ours, theirs) in zip(read.model.probabilities, model.probabilities) {
                #expect(abs(ours - theirs) <= 1e-6 * theirs)
            }
            // All unigrams are listed, so nothing backs off from the empty history.
            for (ours, theirs) in zip(read.model.backOffs, model.backOffs).dropFirst() {
                #expect(abs(ours - theirs) <= 1e-6 * theirs)
            }
            // The text is a fixed point.
            #expect(try read.model.arpa(vocabulary: read.vocabulary) == written)
        }
    }
}
