/// The rule for free text that becomes the name of a file or folder and a label in CSV files.
public enum CheckedName {
    /// Words that readers of CSV files take for a missing or infinite number.
    private static let reserved: Set<String> = ["na", "nan", "null", "none", "inf", "infinity"]

    /// What is wrong with a name, such as `has a \`/\` in it`; nil where nothing is.
    public static func problem(with name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > 200 { return "is longer than 200 bytes" }
        if let first = name.first, first == "." || first == "-" { return "begins with `\(first)`" }
        if name.first?.isWhitespace == true || name.last?.isWhitespace == true {
            return "begins or ends with a blank"
        }
        for scalar in name.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                return "has a character in it that cannot be seen"
            default:
                if scalar == "/" || scalar == "\\" { return "has a `\(scalar)` in it" }
            }
        }
        return isReserved(name) ? "reads as a missing or infinite number" : nil
    }

    /// Whether a reader of CSV files takes the name for a missing or infinite number.
    public static func isReserved(_ name: String) -> Bool { reserved.contains(name.lowercased()) }
}
