package import Collapse

/// The verdicts of an experiment as rows of a table and of JSON.
package struct VerdictTable {
    /// One row: a verdict, or the direction of an arm's drift.
    package enum Row: Encodable {
        case verdict(Verdict)
        case drift(arm: String, direction: String?)

        private enum CodingKeys: String, CodingKey {
            case arm, definition, verdict, rule, estimate, low, high, p, seeds, drift
            case seedsNeeded = "seeds_needed"
        }

        private static func rule(_ verdict: Verdict) -> String {
            guard let detectable = verdict.detectable else { return verdict.rule }
            return "\(verdict.rule); these seeds would have shown a change of "
                + "\(NumberText.short(detectable, significant: 3)) four times in five"
        }

        /// What cannot be decided is null.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .verdict(let verdict):
                try container.encode(verdict.arm, forKey: .arm)
                try container.encode(verdict.definition, forKey: .definition)
                try container.encode(verdict.outcome, forKey: .verdict)
                try container.encode(Self.rule(verdict), forKey: .rule)
                try container.encode(verdict.estimate, forKey: .estimate)
                try container.encode(verdict.interval?.lowerBound, forKey: .low)
                try container.encode(verdict.interval?.upperBound, forKey: .high)
                try container.encode(verdict.pValue, forKey: .p)
                try container.encode(verdict.seeds, forKey: .seeds)
                try container.encode(verdict.seedsNeeded, forKey: .seedsNeeded)
            case .drift(let arm, let direction):
                try container.encode(arm, forKey: .arm)
                try container.encode(direction, forKey: .drift)
            }
        }
    }

    /// Arm by arm: its verdicts in the order of the definitions, then its drift.
    package let rows: [Row]

    package init(_ analysis: Analysis) {
        let verdicts = analysis.verdicts()
        rows = analysis.results.arms.indices.flatMap { arm in
            let name = analysis.results.arms[arm].name
            return verdicts.filter { $0.arm == name }.map(Row.verdict)
                + [.drift(arm: name, direction: analysis.driftWord(of: arm))]
        }
    }

    /// The same for a reader: what was decided of each arm, then the rules and what is missing, each
    /// said once.
    package var text: String {
        var lines: [String] = []
        var reasons: [String] = []
        for row in rows {
            switch row {
            case .verdict(let verdict):
                if lines.isEmpty || verdict.definition == CollapseDefinition.allCases[0] {
                    lines.append("\(verdict.arm):")
                }
                if !reasons.contains(verdict.rule) { reasons.append(verdict.rule) }
                let number = (reasons.firstIndex(of: verdict.rule) ?? 0) + 1
                lines.append("  \(Self.line(verdict)) [\(number)]")
            case .drift(_, let direction):
                lines.append("  drift: \(direction ?? "undecided")")
            }
        }
        lines.append(
            "An interval is of its row alone; p is after Holm's correction over all rows, and decides."
        )
        return (lines + reasons.enumerated().map { "[\($0 + 1)] \($1)" }).joined(separator: "\n")
    }

    private static func line(_ verdict: Verdict) -> String {
        var words = "\(verdict.definition.rawValue): \(verdict.outcome.rawValue)"
        guard let estimate = verdict.estimate else { return words }
        words += ", \(NumberText.signed(estimate, significant: 3))"
        if let interval = verdict.interval {
            words +=
                " (95 % \(NumberText.signed(interval.lowerBound, significant: 3)) to "
                + "\(NumberText.signed(interval.upperBound, significant: 3)))"
        }
        if let p = verdict.pValue { words += ", p \(NumberText.short(p, significant: 2))" }
        words += ", \(verdict.seeds) seeds"
        guard verdict.outcome == .inconclusive else { return words }
        if let detectable = verdict.detectable {
            words += ", which would show \(NumberText.short(detectable, significant: 2))"
        }
        if let needed = verdict.seedsNeeded { words += "; about \(needed) would settle it" }
        return words
    }
}
