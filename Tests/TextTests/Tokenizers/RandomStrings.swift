import CUTF8proc

/// The random strings of `scripts/fixtures/tokenizers.py`, made again in the same way.
enum RandomStrings {
    private static let fragments = [
        "'s", "'S", "'ll", "'Ve", "'\u{17F}", "''re", "\r\n", "\n", "\n\n", "\r", " ", "  ", "   ",
        "\t", "\u{A0}", "\u{3000}", "\u{2028}", "\u{85}", "\0", "\u{200D}", "\u{FE0F}", "\u{202E}",
        "\u{1F469}\u{200D}\u{1F467}", "\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}", "e\u{301}\u{323}",
        "\u{301}", "\u{5E9}\u{5DC}\u{5D5}\u{5DD}", "\u{645}\u{631}\u{62D}\u{628}\u{627}",
        "\u{928}\u{93F}", "123", "4567", "\u{663}\u{664}", "\u{BD}", "\u{2163}", "a", "B", " the",
        "token", " walking", "!", "...", " --", "_", "\u{E000}", "\u{10FFFD}", "\u{D55C}",
        "\u{1100}\u{1161}", "<|end|>", "<|endoftext|>", "<b>", "one", "\u{E9}\u{E9}", "e\u{301}",
        "\u{1D}",
    ].map { Array($0.utf8) }

    /// The characters that Unicode 15.0 assigns, without surrogates and private use.
    private static let assigned: [Unicode.Scalar] = (0..<0x11_0000).compactMap { code in
        switch utf8proc_category(utf8proc_int32_t(code)) {
        case UTF8PROC_CATEGORY_CN, UTF8PROC_CATEGORY_CS, UTF8PROC_CATEGORY_CO: nil
        default: Unicode.Scalar(UInt32(code))
        }
    }

    /// A hundred blocks of a thousand.
    static let blocks = (0..<100).map { block in
        var generator = Generator(state: UInt64(block) * 1_000_003 + 17)
        return (0..<1_000).map { _ in
            var string: [UInt8] = []
            for _ in 0..<generator.below(24) {
                switch generator.below(10) {
                case ..<3: string += UTF8.bytes(assigned[generator.below(assigned.count)])
                case ..<9: string += fragments[generator.below(fragments.count)]
                default: string.append(UInt8(generator.below(128)))
                }
            }
            return string
        }
    }

    /// A megabyte each, without a space: letters, and characters of any kind.
    static let long: [[UInt8]] = {
        var generator = Generator(state: 99)
        let letters = (0..<1_000_000).map { _ in UInt8(97 + generator.below(20)) }
        let spaceless = assigned.filter { !isSpace($0) }
        return [
            letters,
            (0..<300_000).flatMap { _ in
                UTF8.bytes(spaceless[generator.below(spaceless.count)])
            },
        ]
    }()

    /// White space as Python sees it: the four separators beside the property.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }

    private struct Generator {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
    }
}

extension UTF8 {
    fileprivate static func bytes(_ scalar: Unicode.Scalar) -> [UInt8] {
        encode(scalar).map { Array($0) } ?? []
    }
}
