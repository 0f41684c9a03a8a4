import Support
import Testing

@Suite struct TerminalTextTests {
    @Test(
        "Control characters are shown and not obeyed; text, line ends and tabs stay",
        arguments: [
            ("a\u{1B}[31mred\u{1B}[0m", "a<U+001B>[31mred<U+001B>[0m"),
            ("over\rwritten\u{8}", "over<U+000D>written<U+0008>"),
            ("\u{9B}2J \u{7F} \u{0}", "<U+009B>2J <U+007F> <U+0000>"),
            ("safe\u{202E}exe.txt", "safe<U+202E>exe.txt"),
            ("naïve — 日本 👩‍🔬\tend\n", "naïve — 日本 👩‍🔬\tend\n"),
            ("", ""),
        ])
    func escapes(text: String, shown: String) {
        #expect(TerminalText.escaped(text) == shown)
    }
}
