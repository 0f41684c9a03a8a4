/// The rule that cuts text into the pieces within which byte pairs are merged.
///
/// Cuts are made one after another, each within the pieces of the one before, as Hugging Face's
/// `Sequence` has it. A rule has a name, which is how specifications and command lines give it:
/// `gpt2`, `cl100k`, `qwen2`, `smollm`, or components joined by `+`, such as `digits+cl100k`.
package struct PreTokenization: Sendable, Hashable {
    /// One way of cutting.
    package enum Cut: Sendable, Hashable {
        /// Numbers (categories Nd, Nl, No) apart from the rest: each character by itself, or runs.
        case digits(individually: Bool)
        /// The matches of a pattern, which cover any text.
        case pattern(PiecePattern)
    }

    /// The cuts in order; none leaves a text in one piece.
    package let cuts: [Cut]
    /// Whether a space is put before a text that does not begin with one: `add_prefix_space`.
    package let addsPrefixSpace: Bool

    /// - Precondition: The prefix space stands alone or with GPT-2's pattern, as in the one
    ///   component `ByteLevel` that can say so.
    init(_ cuts: [Cut], addsPrefixSpace: Bool = false) {
        precondition(
            !addsPrefixSpace || Self.allowsPrefixSpace(cuts),
            "a prefix space stands before gpt2 or alone, not before \(cuts.count) cuts")
        self.cuts = cuts
        self.addsPrefixSpace = addsPrefixSpace
    }

    static func allowsPrefixSpace(_ cuts: [Cut]) -> Bool {
        cuts.isEmpty || cuts == [.pattern(.gpt2)]
    }

    /// GPT-2's: its pattern alone.
    package static let gpt2 = PreTokenization([.pattern(.gpt2)])
    /// GPT-4's and Llama 3's: the pattern of `cl100k_base` alone.
    package static let cl100k = PreTokenization([.pattern(.cl100k)])
    /// Qwen 2's: its pattern alone.
    package static let qwen2 = PreTokenization([.pattern(.qwen2)])
    /// SmolLM's and SmolLM2's: every digit by itself, the rest as GPT-2.
    package static let smollm = PreTokenization([.digits(individually: true), .pattern(.gpt2)])

    /// The names that users choose from.
    package static let names = ["gpt2", "cl100k", "qwen2", "smollm"]
}

extension PreTokenization: Codable, CustomStringConvertible {
    private static let prefixSpace = "prefix-space"

    /// The rule of a name; `nil` for a name that means nothing.
    package init?(name: String) {
        if name == "smollm" {
            self = .smollm
            return
        }
        var words = name.split(separator: "+", omittingEmptySubsequences: false)
        let addsPrefixSpace = words.first.map { $0 == Self.prefixSpace } ?? false
        if addsPrefixSpace { words.removeFirst() }
        var cuts: [Cut] = []
        for word in words where name != "none" {
            guard let cut = Cut(name: String(word)) else { return nil }
            cuts.append(cut)
        }
        guard !addsPrefixSpace || Self.allowsPrefixSpace(cuts) else { return nil }
        self.init(cuts, addsPrefixSpace: addsPrefixSpace)
    }

    /// The rule's name, from which it can be made again.
    package var name: String {
        if self == .smollm { return "smollm" }
        let words = (addsPrefixSpace ? [Self.prefixSpace] : []) + cuts.map(\.name)
        return words.isEmpty ? "none" : words.joined(separator: "+")
    }

    package var description: String { name }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let rule = PreTokenization(name: name) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "\"\(name)\" is no pre-tokenisation: one of "
                    + Self.names.joined(separator: ", "))
        }
        self = rule
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

extension PreTokenization.Cut {
    fileprivate var name: String {
        switch self {
        case .digits(individually: true): "individual-digits"
        case .digits(individually: false): "digits"
        case .pattern(let pattern): pattern.rawValue
        }
    }

    fileprivate init?(name: String) {
        switch name {
        case "individual-digits": self = .digits(individually: true)
        case "digits": self = .digits(individually: false)
        default:
            guard let pattern = PiecePattern(rawValue: name) else { return nil }
            self = .pattern(pattern)
        }
    }
}
