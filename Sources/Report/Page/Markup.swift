/// HTML that is safe to print: every string that is put into it by interpolation is escaped.
///
/// Only literals and other markup pass as they are, so that no name, sample or message can break
/// out of its element.
package struct Markup: ExpressibleByStringInterpolation, Sendable {
    /// The HTML text, with every interpolated string escaped.
    package private(set) var html: String

    package init(stringLiteral value: String) {
        html = value
    }

    package init(stringInterpolation: Interpolation) {
        html = stringInterpolation.html
    }

    /// Takes a text that is HTML already, such as a figure.
    init(trusted html: String) {
        self.html = html
    }

    /// Collects the parts of an interpolated literal as HTML.
    package struct Interpolation: StringInterpolationProtocol {
        var html = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity)
        }

        /// Takes a literal as HTML, without escaping it.
        package mutating func appendLiteral(_ literal: String) { html += literal }
        /// Takes a string and escapes it as ``Markup/escaped(_:)`` does.
        package mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }
        /// Takes a whole number in decimal digits.
        package mutating func appendInterpolation(_ number: Int) { html += String(number) }
        /// Takes markup as it is.
        package mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
        /// Takes pieces of markup as they are, one after the other without separators.
        package mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { html += part.html }
        }
    }

    /// A sentence in which words between backticks are code.
    package static func prose(_ text: String) -> Markup {
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false)
        guard pieces.count > 2, pieces.count % 2 == 1 else { return "\(text)" }
        return pieces.enumerated().reduce("") { whole, piece in
            let text = String(piece.element)
            return whole + (piece.offset % 2 == 0 ? "\(text)" : "<code>\(text)</code>")
        }
    }

    static func + (left: Markup, right: Markup) -> Markup {
        Markup(trusted: left.html + right.html)
    }

    static func += (left: inout Markup, right: Markup) {
        left.html += right.html
    }

    /// A text with the characters that HTML reserves written as entities. Control characters, which
    /// HTML forbids and byte-level samples contain, become their visible pictures.
    package static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: result += "&amp;"
            case 0x3C: result += "&lt;"
            case 0x3E: result += "&gt;"
            case 0x22: result += "&quot;"
            case 0x27: result += "&#39;"
            case 0x09, 0x0A: result.unicodeScalars.append(scalar)
            case 0..<0x20:
                result.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case 0x7F: result += "\u{2421}"
            case 0x80..<0xA0, 0xFFFE, 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
