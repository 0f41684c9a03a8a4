/// Text for a terminal, which obeys control characters.
package enum TerminalText {
    /// The text with control characters in the notation of Unicode, such as `<U+001B>`, but for line
    /// ends and tabs.
    ///
    /// What a file or a name says may then be shown without moving the cursor, changing colours or
    /// hiding other text; the marks that reverse the direction of writing are shown, too.
    package static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard isControl(scalar) else {
                escaped.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
            escaped.append(contentsOf: "<U+\(zeros)\(digits)>".unicodeScalars)
        }
        return String(escaped)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
