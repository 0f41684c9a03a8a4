import Compute
import LanguageModels
import Testing
import Text

/// Reading of text, seen through the models trained from it.
@Suite struct NGramTextReaderTests {
    private let options = NGramTrainingOptions(
        configuration: NGramConfiguration(order: 3, smoothing: .modifiedKneserNey))

    private func words(_ text: String) throws -> [String] {
        var rest = Array(text.utf8)
        let read = try NGramTrainer.model(
            from: { _ in
                defer { rest = [] }
                return rest
            }, options: options, pool: WorkerPool(count: 2))
        return (0..<UInt32(read.vocabulary.count)).map {
            String(decoding: read.vocabulary[$0], as: UTF8.self)
        }
    }

    @Test func idsAreThoseOfFirstAppearance() throws {
        #expect(
            try words("b a\tb\r\nc\u{0}a  é\u{0C}é\n\nd b") == [
                "</s>", "<unk>", "b", "a", "c", "é\u{0C}é", "d",
            ])
        #expect(try words("\n") == ["</s>", "<unk>"])
    }

    /// Of 3 MB, so that several workers read several blocks.
    @Test(arguments: [1, 2, 3, 5])
    func noWorkerAndNoPortionOfTheTextMatters(workers: Int) throws {
        var random = RandomStream(RandomKey(seed: 3, purpose: .test))
        var text: [UInt8] = []
        var word = 0
        while text.count < 3_000_000 {
            for _ in 0..<random.below(random.below(1000) == 0 ? 20_000 : 12) {
                word = random.below(3) == 0 ? random.below(100_000) : word / 2
                text += Array("w\(word * word) ".utf8)
            }
            text.append(0x0A)
        }
        // The last line has no end.
        text += Array("last words".utf8)
        var options = self.options
        options.configuration.order = 1
        let expected = try writtenARPA(text + [0x0A], options: options, workers: 1)
        #expect(expected.summary.sentenceCount == text.count { $0 == 0x0A } + 1)
        let found = try writtenARPA(text, options: options, workers: workers)
        #expect(found.bytes == expected.bytes && found.summary == expected.summary)
        let portion = 1 + 7_919 * workers * workers
        let portioned = try writtenARPA(
            text, options: options, workers: workers, portion: portion)
        #expect(portioned.bytes == expected.bytes)
    }

    @Test(arguments: ["<s>", "</s>", "<unk>"])
    func reservedWordsAreRefusedWithTheirLineOrSkipped(word: String) throws {
        let before = String(repeating: "some words to fill a block with\n", count: 60_000)
        let text = Array((before + "a b \(word) c\nd e\n" + before + "<s>\n").utf8)
        let refusal = NGramError(.reservedWord(line: 60_001, word: word))
        #expect(refusal.description.contains("line 60001 of the text holds the word \(word)"))
        for workers in [1, 2] {
            #expect(throws: refusal) {
                try writtenARPA(text, options: options, workers: workers)
            }
        }
        var skipping = options
        skipping.skipsReservedWords = true
        let skipped = try writtenARPA(text, options: skipping)
        let without = try writtenARPA(
            Array((before + "a b c\nd e\n" + before + "\n").utf8), options: options)
        #expect(skipped.bytes == without.bytes && skipped.summary == without.summary)
    }

    @Test func whatCannotBeReadIsPassedOn() throws {
        struct Unreadable: Error {}
        #expect(throws: Unreadable.self) {
            try NGramTrainer.writeARPA(
                from: { _ in throw Unreadable() }, options: options, pool: WorkerPool(count: 2)
            ) { _ in }
        }
        #expect(throws: NGramError(.noData)) { try writtenARPA([], options: options) }
    }

    @Test func progressIsToldInOrder() throws {
        var told: [NGramTrainingProgress] = []
        var rest = Array("a b\nc\n".utf8)
        _ = try NGramTrainer.writeARPA(
            from: { _ in
                defer { rest = [] }
                return rest
            }, options: options, pool: WorkerPool(count: 2), progress: { told.append($0) }
        ) { _ in }
        #expect(
            told == [.reading(bytes: 6), .counting, .linking]
                + (1...3).map { .writing(order: $0) })
    }
}
