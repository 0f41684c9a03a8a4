/// HTML that is safe to print: every string that is put into it by interpolation is escaped.
///
/// Only literals and other markup pass as they are, so that no name, sample or message can break out of
/// its place.
package struct Markup: ExpressibleByStringInterpolation, Sendable {
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

    package struct Interpolation: StringInterpolationProtocol {
        var html = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity)
        }

        package mutating func appendLiteral(_ literal: String) { html += literal }
        package mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }
        package mutating func appendInterpolation(_ number: Int) { html += String(number) }
        package mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
        package mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { html += part.html }
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

/// A table with a rule above and below, as papers set it.
struct Table {
    enum Column {
        case text, number
    }

    var columns: [(title: Markup, kind: Column)]
    var rows: [[Markup]] = []
    var caption: Markup?

    init(_ columns: [(Markup, Column)], caption: Markup? = nil) {
        self.columns = columns.map { (title: $0.0, kind: $0.1) }
        self.caption = caption
    }

    mutating func append(_ row: [Markup]) {
        precondition(
            row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
        rows.append(row)
    }

    var markup: Markup {
        func attribute(_ index: Int) -> Markup {
            switch columns[index].kind {
            case .text: ""
            case .number: " class=\"number\""
            }
        }
        let head = columns.indices.map {
            "<th scope=\"col\"\(attribute($0))>\(columns[$0].title)</th>" as Markup
        }
        let body = rows.map { row -> Markup in
            let cells = row.indices.map { index -> Markup in
                index == 0
                    ? "<th scope=\"row\"\(attribute(index))>\(row[index])</th>"
                    : "<td\(attribute(index))>\(row[index])</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        let title: Markup = caption.map { "<caption>\($0)</caption>\n" } ?? ""
        return """
            <div class="table"><table>
            \(title)<thead><tr>\(head)</tr></thead>
            <tbody>
            \(body)</tbody></table></div>

            """
    }
}
