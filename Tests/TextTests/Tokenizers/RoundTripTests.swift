import Testing
import Text

@Suite struct RoundTripTests {
    private static func tokenizers() -> [any Tokenizer] {
        var source = TestBytes(seed: 77)
        let documents = (0..<40).map { _ in source.text(count: 400) }
        return [
            TokenizerTrainer(kind: .byte).train(on: documents),
            TokenizerTrainer(kind: .character).train(on: documents),
            TokenizerTrainer(kind: .character, vocabularyCount: 259, minimumCount: 2)
                .train(on: documents),
            TokenizerTrainer(kind: .bpe, vocabularyCount: 500).train(on: documents),
            TokenizerTrainer(kind: .word).train(on: documents),
            TokenizerTrainer(kind: .word, vocabularyCount: 30, lowercased: true)
                .train(on: documents),
            TokenizerTrainer(kind: .word, pattern: .whitespace).train(on: documents),
        ]
    }

    @Test func anyBytesComeBack() {
        for tokenizer in Self.tokenizers() where tokenizer.isLossless {
            for seed in 0..<300 {
                var source = TestBytes(seed: seed)
                let text = source.text(count: source.below(200))
                let tokens = tokenizer.encode(text)
                #expect(tokenizer.decode(tokens) == text, "\(tokenizer.kind) seed \(seed)")
                #expect(!tokens.contains(tokenizer.documentBoundary))
                #expect(tokens.allSatisfy { $0 < tokenizer.vocabularyCount })
                let framed = [tokenizer.documentBoundary] + tokens + [tokenizer.documentBoundary]
                #expect(tokenizer.decode(framed) == text)
            }
        }
    }

    /// Sampled ids that are decoded and tokenised again are the same ids where text allows it.
    @Test func wordsSurviveDecoding() {
        for tokenizer in Self.tokenizers() where !tokenizer.isLossless {
            for seed in 0..<300 {
                var source = TestBytes(seed: seed)
                let tokens = (0..<source.below(60)).map { _ -> UInt32 in
                    let token = UInt32(source.below(tokenizer.vocabularyCount))
                    return token == tokenizer.documentBoundary ? 0 : token
                }
                let text = tokenizer.decode(tokens)
                #expect(
                    tokenizer.encode(text) == tokens,
                    "\(tokenizer.kind) seed \(seed): \(string(text).debugDescription)")
            }
        }
    }

    @Test func filesGiveEqualTokenizers() throws {
        for (number, tokenizer) in Self.tokenizers().enumerated() {
            let read = try TokenizerFile.read(bytes: tokenizer.serialized())
            let isSame = isEqual(read, tokenizer)
            #expect(isSame)
            #expect(read.serialized() == tokenizer.serialized())
            var source = TestBytes(seed: number)
            let text = source.text(count: 1_000)
            #expect(read.encode(text) == tokenizer.encode(text))
        }
    }

    private func isEqual(_ left: any Tokenizer, _ right: any Tokenizer) -> Bool {
        switch (left, right) {
        case (let left as ByteTokenizer, let right as ByteTokenizer): left == right
        case (let left as CharacterTokenizer, let right as CharacterTokenizer): left == right
        case (let left as WordTokenizer, let right as WordTokenizer): left == right
        case (let left as BytePairTokenizer, let right as BytePairTokenizer): left == right
        default: false
        }
    }
}
