import Compute
import Foundation
import Testing
import Text

/// Text in blocks is read as if it came at once.
@Suite struct StreamTests {
    private static let rules = [
        "gpt2", "cl100k", "qwen2", "smollm", "digits", "digits+cl100k", "cl100k+gpt2", "none",
        "prefix-space+gpt2",
    ]

    /// Random text with added tokens and malformed bytes in it.
    private static func text(_ source: inout TestBytes) -> [UInt8] {
        var text: [UInt8] = []
        let block = RandomStrings.blocks[source.below(100)]
        for _ in 0..<source.below(400) {
            text += block[source.below(block.count)]
            if source.below(3) == 0 { text += source.text(count: 8) }
        }
        return text
    }

    private static func tokens(
        of text: [UInt8], _ stream: inout some TokenizerStream, _ source: inout TestBytes
    ) -> [UInt32] {
        var tokens: [UInt32] = []
        let largest = [1, 7, 300, 5_000, 100_000][source.below(5)]
        var start = 0
        while start < text.count {
            let end = min(start + 1 + source.below(largest), text.count)
            stream.append(text.span.extracting(start..<end), to: &tokens)
            start = end
        }
        stream.finish(to: &tokens)
        return tokens
    }

    private static func train(_ trainer: TokenizerTrainer) throws -> any Tokenizer {
        trainer.train(on: [try tokenizerFixture("text.txt")])
    }

    @Test(arguments: rules)
    func piecesOfBlocksAreThoseOfTheText(rule: String) throws {
        let tokenizer = BytePairTokenizer.train(
            on: [try tokenizerFixture("text.txt")], vocabularyCount: 600,
            preTokenization: try #require(PreTokenization(name: rule)))
        try check(tokenizer)
    }

    @Test(arguments: [TokenizerKind.byte, .character, .word])
    func othersToo(kind: TokenizerKind) throws {
        try check(try Self.train(TokenizerTrainer(kind: kind)))
    }

    private func check(_ tokenizer: some Tokenizer) throws {
        var stream = tokenizer.makeStream()
        for seed in 0..<60 {
            var source = TestBytes(seed: seed)
            let text = Self.text(&source)
            let expected = tokenizer.encode(text)
            let isSame = Self.tokens(of: text, &stream, &source) == expected
            #expect(isSame, "seed \(seed)")
        }
    }

    /// Added tokens across blocks, with the white space that belongs to them, under a normalizer.
    @Test(arguments: ["added.json", "legacy.json"])
    func addedTokensStraddleBlocks(file: String) throws {
        let tokenizer = try #require(
            try TokenizerFile.read(bytes: tokenizerFixture(file)) as? BytePairTokenizer)
        var stream = tokenizer.makeStreamRecognizingAddedTokens()
        for seed in 0..<150 {
            var source = TestBytes(seed: seed)
            let text = Self.text(&source)
            let isSame =
                Self.tokens(of: text, &stream, &source)
                == tokenizer.encodeRecognizingAddedTokens(text)
            #expect(isSame, "seed \(seed)")
        }
    }

    /// However long a piece is and however small the blocks, the work is not quadratic: this ends.
    @Test(arguments: [[UInt8(97)], Array(" ".utf8), [0x80], Array("é".utf8), Array("\n".utf8)])
    func longPiecesInSmallBlocks(unit: [UInt8]) throws {
        let tokenizer = try Self.train(
            TokenizerTrainer(kind: .bpe, vocabularyCount: 300, preTokenization: .cl100k))
        let text = (0..<1_000_000 / unit.count).flatMap { _ in unit }
        var stream = tokenizer.makeStream()
        var tokens: [UInt32] = []
        for start in stride(from: 0, to: text.count, by: 3) {
            stream.append(
                text.span.extracting(start..<min(start + 3, text.count)), to: &tokens)
        }
        stream.finish(to: &tokens)
        let isSame = tokens == tokenizer.encode(text)
        #expect(isSame)
    }

    @Test(arguments: [
        TokenizerTrainer(kind: .bpe, vocabularyCount: 500),
        TokenizerTrainer(kind: .bpe, vocabularyCount: 500, preTokenization: .cl100k),
        TokenizerTrainer(kind: .character), TokenizerTrainer(kind: .word, lowercased: true),
        TokenizerTrainer(kind: .byte),
    ])
    func trainingInBlocksIsTrainingAtOnce(trainer: TokenizerTrainer) {
        var source = TestBytes(seed: 11)
        let documents = (0..<20).map { _ in Self.text(&source) }
        var training = trainer.begin()
        for document in documents {
            var start = 0
            while start < document.count {
                let end = min(start + 1 + source.below(9_000), document.count)
                training.append(document.span.extracting(start..<end))
                start = end
            }
            training.endDocument()
        }
        #expect(training.finish().serialized() == trainer.train(on: documents).serialized())
    }

    @Test(arguments: [1, 3])
    func workersDoNotShow(workers: Int) throws {
        let tokenizer = try Self.train(TokenizerTrainer(kind: .bpe, vocabularyCount: 600))
        var source = TestBytes(seed: 4)
        let documents = (0..<60).map { _ in Self.text(&source) }
        let pool = WorkerPool(count: workers)
        let isSame =
            tokenizer.encode(documents: documents, pool: pool)
            == tokenizer.encode(documents: documents)
        #expect(isSame)
        #expect(tokenizer.encode(documents: [], pool: pool) == TokenDataset())
    }
}
