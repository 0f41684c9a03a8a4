import Support

/// The file of every tokenizer but BPE: `{"collapselab": {"version": 1, "kind": ..., ...}}`.
///
/// A vocabulary is an array in the order of ids without the fixed ones. An entry is a string where
/// its bytes are UTF-8, otherwise an array of bytes.
enum NativeTokenizerFile {
    private static let version = 1

    /// The bytes of a file.
    static func write(
        kind: TokenizerKind, settings: [(key: String, value: JSONValue)] = [],
        vocabulary: [ArraySlice<UInt8>]? = nil
    ) -> [UInt8] {
        var members: [JSONValue.Member] = [
            .init("version", .integer(version)), .init("kind", .text(kind.rawValue)),
        ]
        for (key, value) in settings { members.append(.init(key, value)) }
        if let vocabulary {
            members.append(.init("vocabulary", .array(vocabulary.map(entry))))
        }
        return JSONWriter.write(.object(["collapselab": .object(members)]), .indented)
    }

    private static func entry(_ bytes: ArraySlice<UInt8>) -> JSONValue {
        let array = Array(bytes)
        let span = array.span
        var position = 0
        while position < span.count {
            let step = ScalarStep(span, at: position, limit: span.count)
            guard step.scalar != nil else { return .array(array.map { .integer(Int($0)) }) }
            position += step.length
        }
        return .string(array)
    }

    /// Makes the tokenizer from the value of `collapselab`.
    static func read(_ fields: TokenizerFields) throws(TokenizerFileError) -> any Tokenizer {
        let version = try fields.required("version")
        guard try version.id() == Self.version else {
            throw version.invalid("must be \(Self.version)")
        }
        let kind = try fields.required("kind")
        switch TokenizerKind(rawValue: try kind.text()) {
        case .byte:
            return ByteTokenizer()
        case .character:
            guard let tokenizer = CharacterTokenizer(clusters: try vocabulary(fields)) else {
                throw try fields.required("vocabulary").invalid(
                    "must hold distinct entries of at least two bytes")
            }
            return tokenizer
        case .word:
            let pattern = try fields.required("pattern")
            guard let rule = WordPattern(rawValue: try pattern.text()) else {
                let choices = WordPattern.allCases.map(\.rawValue).joined(separator: ", ")
                throw pattern.invalid("must be one of \(choices)")
            }
            let lowercased = try fields.required("lowercased").bool()
            guard
                let tokenizer = WordTokenizer(
                    words: try vocabulary(fields), pattern: rule, lowercased: lowercased)
            else {
                throw try fields.required("vocabulary").invalid(
                    "must hold distinct words, none of them empty, <unk>, <s> or </s>")
            }
            return tokenizer
        case .bpe, nil:
            throw kind.invalid("must be one of byte, character, word")
        }
    }

    private static func vocabulary(
        _ fields: TokenizerFields
    ) throws(TokenizerFileError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        for element in try fields.required("vocabulary").elements() {
            guard case .array = element.tree else {
                entries.append(try element.string())
                continue
            }
            var bytes: [UInt8] = []
            for byte in try element.elements() {
                guard let value = UInt8(exactly: try byte.id()) else {
                    throw byte.invalid("must be a byte, 0 to 255")
                }
                bytes.append(value)
            }
            entries.append(bytes)
        }
        return entries
    }
}
