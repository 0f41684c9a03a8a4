import Support
import Text

extension FuzzTarget {
    static let tokens = [tokenFile]

    /// A token file: its companion, with any sum, and its ids.
    private static let tokenFile = FuzzTarget(
        name: "tokens",
        seeds: {
            let tokenizer = ByteTokenizer()
            let file = TokenFile.encode(
                tokenizer.encode(documents: ["One.".utf8, "".utf8, "Two".utf8].map(Array.init)),
                vocabulary: TokenFileDescription.Vocabulary(of: tokenizer))
            return [InputParts.joined([try file.description.serialized(), file.tokens])]
        },
        read: { input in
            let parts = InputParts(input, count: 2)
            let ids = parts[1]
            var description = try TokenFileDescription(serialized: parts[0], file: "tokens.json")
            description.sha256 = SHA256.digest(of: ids).hexadecimal
            let file = try ids.withUnsafeBytes {
                try TokenFile(description: description, tokens: $0, file: "tokens.bin")
            }
            for document in 0..<file.dataset.documentCount { _ = file.dataset.document(document) }
        })
}
