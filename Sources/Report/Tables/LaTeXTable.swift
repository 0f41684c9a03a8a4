/// How the arms of a run ended, as a table that a paper includes.
package enum LaTeXTable {
    /// A `tabular` with the rules of booktabs.
    package static func text(_ tables: [(run: String, table: OutcomeTable)]) -> String {
        let hasRuns = tables.count > 1
        var lines = [
            "% needs \\usepackage{booktabs}", "\\begin{tabular}{\(hasRuns ? "l" : "")lrrr}",
        ]
        lines.append("\\toprule")
        for (index, (run, table)) in tables.enumerated() {
            if index > 0 { lines.append("\\midrule") }
            lines.append(
                (hasRuns ? "run & " : "")
                    + "arm & \(escaped(table.title)) & since generation 0 & from control \\\\")
            lines.append("\\midrule")
            for row in table.rows {
                let cells =
                    [row.arm].map(escaped) + [
                        row.value.map { number($0, signed: false) } ?? "--",
                        row.change.map { number($0, signed: true) } ?? "--",
                        row.difference.map { number($0, signed: true) } ?? "--",
                    ]
                lines.append(
                    (hasRuns ? escaped(run) + " & " : "") + cells.joined(separator: " & ") + " \\\\"
                )
            }
        }
        lines += ["\\bottomrule", "\\end{tabular}"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func number(_ estimate: OutcomeTable.Estimate, signed: Bool) -> String {
        let text = NumberText.estimate(
            estimate.mean, halfWidth: estimate.halfWidth, signed: signed)
        return "$" + mathematical(text) + "$"
    }

    /// What ``NumberText`` writes, in the signs of TeX.
    private static func mathematical(_ text: String) -> String {
        var result = ""
        var exponent = ""
        func close() {
            if !exponent.isEmpty { result += "^{\(exponent)}" }
            exponent = ""
        }
        let powers = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        for character in text {
            if let digit = powers.firstIndex(of: character) {
                exponent += "\(digit)"
                continue
            }
            if character == "⁻" {
                exponent += "-"
                continue
            }
            close()
            switch character {
            case "−": result += "-"
            case "±": result += "\\pm"
            case "×": result += "\\times"
            case "\u{202f}": result += "\\,"
            default: result.append(character)
            }
        }
        close()
        return result.replacing("inf", with: "\\infty").replacing(
            "undefined", with: "\\mathrm{undefined}")
    }

    /// A text in which TeX finds no command.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\textbackslash{}"
            case "~": result += "\\textasciitilde{}"
            case "^": result += "\\textasciicircum{}"
            case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
            case "<": result += "\\textless{}"
            case ">": result += "\\textgreater{}"
            case "|": result += "\\textbar{}"
            case "\n", "\r": result += " "
            default: result.append(character)
            }
        }
        // A pair of them would be a dash.
        return result.replacing("--", with: "-{}-")
    }
}
