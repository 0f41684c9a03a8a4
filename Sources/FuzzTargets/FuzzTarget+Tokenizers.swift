import Text

extension FuzzTarget {
    static let tokenizers = [tokenizer]

    private static let text = Array(
        "The cat sat on the mat, the cat's hat: 12 345 caf\u{E9} \u{65}\u{301} \u{1F600}\r\n\n  the end"
            .utf8)

    /// `tokenizer.json`, Hugging Face's or our own.
    private static let tokenizer = FuzzTarget(
        name: "tokenizer",
        seeds: {
            TokenizerKind.allCases.map { kind in
                TokenizerTrainer(
                    kind: kind, vocabularyCount: kind == .word ? 12 : kind == .byte ? nil : 264,
                    minimumCount: 1
                ).train(on: [text]).serialized()
            }
        },
        read: { input in
            let tokenizer = try TokenizerFile.read(bytes: input)
            let written = tokenizer.serialized()
            let again = try? TokenizerFile.read(bytes: written)
            precondition(again?.serialized() == written, "the tokenizer written out is another")
            for text in [text, Array(input.prefix(200)), [0xFF, 0xC3, 0x28]] {
                let tokens = tokenizer.encode(text)
                precondition(
                    tokens.allSatisfy { $0 < tokenizer.vocabularyCount }, "an id out of range")
                precondition(
                    !tokenizer.isLossless || tokenizer.decode(tokens) == text,
                    "the text of \(tokens) is another")
            }
            for token in 0..<UInt32(min(tokenizer.vocabularyCount, 400)) {
                _ = tokenizer.decode([token])
                _ = tokenizer.spelling(of: token)
            }
        })
}
