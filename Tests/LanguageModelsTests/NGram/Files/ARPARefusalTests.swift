import Compute
import LanguageModels
import TestSupport
import Testing

/// What is no ARPA file, with the line and the words of the message.
@Suite struct ARPARefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let found: String
        let replacement: String
        let line: Int
        let words: String

        init(_ found: String, _ replacement: String, _ line: Int, _ words: String) {
            self.found = found
            self.replacement = replacement
            self.line = line
            self.words = words
        }

        var testDescription: String { words }
    }

    static let text = #"""
        \data\
        ngram 1=4
        ngram 2=2

        \1-grams:
        -1	<unk>
        -99	<s>	-0.5
        -0.5	</s>
        -0.75	a	-0.25

        \2-grams:
        -0.5	<s> a
        -0.25	a </s>

        \end\
        """#

    static let cases = [
        Case("\\data\\", "\\date\\", 15, #"is the end, but no line was \data\"#),
        Case("ngram 1=4\nngram 2=2\n", "", 3, "ends a head without"),
        Case("ngram 2=2", "ngram 3=2", 3, "counts the 3-grams where the 2-grams come next"),
        Case("ngram 2=2", "ngram 2=two", 3, "where \"ngram LENGTH=COUNT\" belongs"),
        Case("ngram 2=2", "ngram 2=99999999999999999999", 3, "LENGTH=COUNT"),
        Case("ngram 2=2", "ngram 2=5000000000", 3, "too many"),
        Case("ngram 2=2", "ngram 2=3", 11, "begins 2 2-grams where the head promises 3"),
        Case("ngram 1=4", "ngram 1=5", 5, "begins 4 1-grams where the head promises 5"),
        Case("-0.25\ta </s>\n", "", 11, "begins 1 2-grams where the head promises 2"),
        Case("\\2-grams:", "\\3-grams:", 11, #"has "\3-grams:" where \2-grams: belongs"#),
        Case("\n\\end\\", "", 14, #"is the end, but \end\ is missing"#),
        Case("\\2-grams:", "", 15, #"has "\end\" where \2-grams: belongs"#),
        Case("-0.75\ta", "x\ta", 9, "does not begin with a log10 probability"),
        Case("-0.75\ta", "-0.7.5\ta", 9, "does not begin with a log10 probability"),
        Case("-0.75\ta", "nan\ta", 9, "does not begin with a log10 probability"),
        Case("-0.75\ta", "0x1p-2\ta", 9, "does not begin with a log10 probability"),
        Case("-0.75\ta", "0.75\ta", 9, "above 0"),
        Case("-0.75\ta", "inf\ta", 9, "above 0"),
        Case("-0.75\ta\t-0.25", "-0.75", 9, "has no word"),
        Case("a\t-0.25", "a\t-0.25\t1", 9, "something else than one log10 back-off"),
        Case("a\t-0.25", "a\tinf", 9, "something else than one log10 back-off"),
        Case("a\t-0.25", "a\t499", 9, "of 499.0, which is more than numbers hold"),
        Case("a\t-0.25", "a\tb", 9, "something else than one log10 back-off"),
        Case("-0.5\t<s> a", "-0.5\t<s> a\t-0.5", 12, "of the highest order"),
        Case("-0.75\ta\t-0.25", "-0.75\t</s>", 9, "has </s> a second time"),
        Case("-0.5\t</s>", "-0.5\t<s>", 8, "has <s> a second time"),
        Case("-0.5\t</s>", "-0.5\t<unk>", 8, "has <unk> a second time"),
        Case("-1\t<unk>", "-1\ta", 9, "has the word \"a\" a second time"),
        Case("-0.5\t</s>", "-0.5\tb", 5, "without </s>"),
        Case("-0.25\ta </s>", "-0.25\t<s> a", 13, "has an n-gram a second time"),
        Case("-0.25\ta </s>", "-0.25\ta b", 13, "the word \"b\", which is not among the 1-grams"),
        Case("-0.25\ta </s>", "-0.25\ta", 13, "has 1 words where 2 belong"),
        Case("-0.25\ta </s>", "-0.25\ta <s>", 13, "has <s> after its first word"),
        Case("-0.25\ta </s>", "-0.25\t</s> a", 13, "has </s> before its last word"),
    ]

    private let pool = WorkerPool(count: 2)

    @Test(arguments: cases)
    func isRefusedWithItsLine(example: Case) throws {
        #expect(Self.text.contains(example.found))
        let text = Self.text.replacing(example.found, with: example.replacement, maxReplacements: 1)
        let error = #expect(throws: NGramError.self) {
            try NGramTextModel(arpa: Array(text.utf8), pool: pool)
        }
        guard case .arpa(let line, let problem) = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(problem.contains(example.words) && line == example.line, "line \(line) \(problem)")
    }

    @Test func theUntouchedFileIsRead() throws {
        let read = try NGramTextModel(arpa: Array(Self.text.utf8), pool: pool)
        #expect(read.model.trie.levelBegin == [0, 1, 4, 6])
    }

    /// "a a" is not listed, but "<s> a a" contains it: its probability is the back-off weight of
    /// "a" times the probability of "a".
    private func implying(weight: String) -> [UInt8] {
        Array(
            """
            \\data\\
            ngram 1=4
            ngram 2=1
            ngram 3=1

            \\1-grams:
            -1\t<unk>
            -99\t<s>\t-0.5
            -0.5\t</s>
            -0.75\ta\t\(weight)

            \\2-grams:
            -0.5\t<s> a\t0

            \\3-grams:
            -0.25\t<s> a a

            \\end\\
            """.utf8)
    }

    @Test func whatBacksOffToNoProbabilityIsRefused() throws {
        let error = #expect(throws: NGramError.self) {
            try NGramTextModel(arpa: implying(weight: "0.8"), pool: pool)
        }
        #expect("\(try #require(error))".contains("lacks an n-gram that longer ones contain"))
        // Decimals that were rounded up.
        let read = try NGramTextModel(arpa: implying(weight: "0.7500001"), pool: pool)
        #expect(read.model.probability(of: 2, after: [2]) == 1)
        #expect(try NGramModel(decoding: read.model.encoded()) == read.model)
    }

    @Test func orderNineIsRefused() {
        let head = (1...9).map { "ngram \($0)=1\n" }.joined()
        #expect(throws: NGramError.self) {
            try NGramTextModel(arpa: Array("\\data\\\n\(head)".utf8), pool: pool)
        }
    }

    /// Damaged files are refused or are models that answer and come back from their own text.
    @Test(arguments: 0..<4)
    func mutatedFilesNeverCrash(seed: UInt64) throws {
        let files = [
            [UInt8](try ngramFixture("tiny-3.arpa")), Array(ARPAReadingTests.srilm.utf8),
        ]
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        var accepted = 0
        for round in 0..<1500 {
            var bytes = files[round % 2]
            for _ in 0...random.below(2) {
                let position = random.below(bytes.count)
                switch random.below(6) {
                case 0:
                    bytes.removeSubrange(
                        position..<min(bytes.count, position + 1 + random.below(40)))
                case 1:
                    bytes.insert(
                        contentsOf: Array("\n\t -.\\9a".utf8).shuffled(using: &random), at: position
                    )
                case 2: bytes = Array(bytes[..<max(1, position)])
                case 3: bytes[position] = UInt8(random.below(256))
                case 4:
                    bytes.insert(
                        contentsOf: bytes[position..<min(bytes.count, position + 30)], at: position)
                default: bytes[position] = Array("0123456789-. \n".utf8)[random.below(14)]
                }
                if bytes.isEmpty { bytes = [0] }
            }
            do throws(NGramError) {
                let read = try NGramTextModel(arpa: bytes, pool: pool)
                accepted += 1
                let context = (0..<4).map { _ in UInt32(random.below(read.vocabulary.count)) }
                let distribution = read.model.conditional(after: context)
                #expect(distribution.allSatisfy { $0 >= 0 && !$0.isNaN })
                let written = try read.model.arpa(vocabulary: read.vocabulary)
                let again = try NGramTextModel(arpa: written, pool: pool)
                #expect(again.model.trie == read.model.trie)
            } catch {
                guard case .arpa(let line, _) = error.kind else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(line >= 1 && line <= 1 + bytes.count { $0 == 0x0A })
            }
        }
        #expect(accepted > 20 && accepted < 1400)
    }
}
