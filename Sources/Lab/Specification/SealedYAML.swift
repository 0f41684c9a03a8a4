import Support

/// A YAML text whose last line holds the SHA-256 of all lines before it, so that any change shows.
enum SealedYAML {
    /// The line's key, indented as a key of the map that the text ends with.
    private static let opening = "  text-sha256: "

    /// The text with its seal; the text ends with a map below a key, and a line end.
    static func seal(_ text: String) -> String {
        text + opening + SHA256.digest(of: text.utf8).hexadecimal + "\n"
    }

    /// Whether the text has been sealed, whatever became of it since.
    static func hasSeal(_ text: String) -> Bool { text.contains("\n" + opening) }

    /// Whether the text is as it was sealed.
    static func isWhole(_ text: String) -> Bool {
        let body = text.utf8.dropLast(opening.utf8.count + 64 + 1)
        return seal(String(Substring(body))) == text
    }
}
