import Collapse

/// Whether each arm collapsed, in every published sense of the word.
struct VerdictSection {
    let analysis: Analysis

    var section: Section? {
        let names = Set(analysis.shownArms.map(\.name))
        let verdicts = analysis.verdicts().filter { names.contains($0.arm) }
        // Where nothing could be tested of any arm there is nothing to show but reasons.
        let decided = CollapseDefinition.allCases.filter { definition in
            verdicts.contains { $0.definition == definition && $0.estimate != nil }
        }
        guard !decided.isEmpty else { return nil }
        var table = Table(
            [("arm", .text)] + decided.map { ("\($0.title)", .text) },
            caption: """
                Collapsed: worse than its reference by more than the margin; improving: better by more; \
                bounded: shown to be equivalent (two one-sided tests), or not worse where the other way is \
                no better; inconclusive: none of these is shown, with the seeds that would show it. The \
                reference is the arm's control at the same generation, and of a control its own generation \
                0. Seed by seed; Holm's correction holds the chance of any wrong “collapsed” or “improving” \
                at 5 %, and the intervals are of each cell alone: one beyond a margin need not decide after the \
                correction.\(analysis.shownWords)
                """)
        for arm in analysis.shownArms {
            table.append(
                ["\(arm.name)"]
                    + decided.map { definition in
                        verdicts.first { $0.arm == arm.name && $0.definition == definition }
                            .map(Self.cell) ?? "–"
                    })
        }
        return Section(
            id: "verdicts", heading: "Did it collapse? Eight definitions",
            body: "\(table.markup)\(rules)")
    }

    private static func cell(_ verdict: Verdict) -> Markup {
        guard let estimate = verdict.estimate else {
            return "\(verdict.outcome.rawValue)<small>\(verdict.rule)</small>"
        }
        var words = NumberText.signed(estimate, significant: 3)
        if let interval = verdict.interval {
            words =
                NumberText.estimate(
                    estimate, halfWidth: (interval.upperBound - interval.lowerBound) / 2,
                    signed: true)
        }
        if verdict.outcome == .inconclusive, let needed = verdict.seedsNeeded {
            words += "; about \(needed) seeds"
        }
        return "\(verdict.outcome.rawValue)<small>\(words)</small>"
    }

    /// What each definition was decided by, and what is missing for the others.
    private var rules: Markup {
        let items = CollapseDefinition.allCases.map { definition -> Markup in
            guard
                let rule = analysis.results.setting.definitions.first(where: {
                    $0.definition == definition
                })
            else { return "<li>\(definition.title): \(definition.withoutDesign).</li>\n" }
            let metric = analysis.metric(rule.metric)
            let words = rule.words(
                metric: metric.title, unit: metric.unit, reference: "the arm's reference")
            let generations = rule.leastGenerations
            return """
                <li>\(definition.title): \(words)\(generations > 1 ? " (\(generations) generations are needed)" : "").</li>

                """
        }
        return """
            <ul class="note">
            \(items)</ul>
            <p class="note">The definitions are those that Schaeffer et al. (2025, arXiv 2503.03150) list. The \
            same with p values: <code>collapselab verdict</code>.</p>

            """
    }
}
