/// A length of time as people write it: `60s`, `10m`, `3h50m`, `2d`, or a number of seconds; and as
/// Slurm does: `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`.
package struct TimeSpan: Hashable, Sendable, CustomStringConvertible {
    package var seconds: Int

    package init(seconds: Int) { self.seconds = seconds }

    /// - Returns: Nil for a text that is no length of time, or one of no time, or of a century.
    package init?(_ text: String) {
        guard let seconds = Self.slurm(text) ?? Self.parts(text), seconds > 0,
            seconds < 3_155_760_000
        else { return nil }
        self.seconds = seconds
    }

    /// With the letters d, h, m and s, each at most once and in this order.
    private static func parts(_ text: String) -> Int? {
        if let seconds = number(text[...]) { return seconds }
        guard
            let match = text.wholeMatch(of: /(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?/),
            !text.isEmpty
        else { return nil }
        return sum([match.1, match.2, match.3, match.4])
    }

    private static func slurm(_ text: String) -> Int? {
        if let match = text.wholeMatch(of: /(?:(\d+)-)?(\d+):(\d\d):(\d\d)/) {
            return sum([match.1, match.2, match.3, match.4])
        }
        if let match = text.wholeMatch(of: /(\d+)-(\d+)(?::(\d\d))?/) {
            return sum([match.1, match.2, match.3, nil])
        }
        return nil
    }

    /// Days, hours, minutes and seconds together.
    private static func sum(_ parts: [Substring?]) -> Int? {
        var total = 0
        for (part, unit) in zip(parts, [86_400, 3_600, 60, 1]) {
            guard let part else { continue }
            guard let count = number(part) else { return nil }
            total += count * unit
        }
        return total
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        return Int(text)
    }

    /// As `2d 3h 50m`, the two greatest parts that are not none.
    package var description: String {
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "min"),
            (seconds % 60, "s"),
        ].drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }
        return parts.isEmpty ? "0 s" : parts.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}
