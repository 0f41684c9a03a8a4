import Collapse

/// The first page: the headline figure, what moved, and by how much.
struct HeadlineSection {
    let analysis: Analysis

    private var results: ExperimentResults { analysis.results }
    private var metric: MetricDeclaration { analysis.headline }
    private var last: Int { analysis.lastGeneration }

    func section(figure: Markup) -> Section {
        guard analysis.contains(metric.name) else {
            return Section(
                id: "headline", heading: heading,
                body: "<p class=\"problem\">No arm has measured the headline metric yet.</p>")
        }
        return Section(
            id: "headline", heading: heading, body: "\(figure)\(verdict)\(table)")
    }

    private var heading: String {
        metric.title.prefix(1).uppercased() + metric.title.dropFirst()
    }

    // MARK: The verdict

    private var verdict: Markup {
        guard last > 0 else {
            return """
                <p>Only generation 0 has been measured: the model fitted on real data. Nothing can be \
                said about change.</p>

                """
        }
        let items = results.arms.map { arm -> Markup in
            "<li><b>\(arm.name)</b>: \(sentence(arm))</li>\n"
        }
        let list: Markup =
            results.arms.count <= 12 ? "<ul>\n\(items)</ul>\n" : "<p>\(count)</p>\n"
        return """
            <div class="verdict">
            <p><b>From generation 0 to generation \(last)</b>, \(metric.title), seed by seed:</p>
            \(list)<p class="note">\(definition)</p>
            </div>

            """
    }

    /// How many of many arms moved which way.
    private var count: String {
        // Arms with an interval, and those with one seed, which has none.
        var several = (rose: 0, fell: 0, stayed: 0)
        var single = (rose: 0, fell: 0, stayed: 0)
        var unknown = 0
        for arm in results.arms {
            guard let difference = analysis.change(of: arm.name)?.difference.summary,
                !difference.mean.isNaN
            else {
                unknown += 1
                continue
            }
            let hasInterval = difference.count > 1 && difference.mean.isFinite
            let half = hasInterval ? difference.halfWidth() : 0
            let kind: WritableKeyPath<(rose: Int, fell: Int, stayed: Int), Int> =
                difference.mean - half > 0
                ? \.rose : difference.mean + half < 0 ? \.fell : \.stayed
            if difference.count > 1 {
                several[keyPath: kind] += 1
            } else {
                single[keyPath: kind] += 1
            }
        }
        var parts: [String] = []
        if several != (0, 0, 0) {
            parts.append(
                "\(several.rose) rose, \(several.fell) fell and \(several.stayed) show no change that "
                    + "these seeds can tell from zero (95 % confidence interval of the mean change)"
            )
        }
        if single != (0, 0, 0) {
            parts.append(
                "\(single.rose) rose, \(single.fell) fell and \(single.stayed) did not move in "
                    + "their only seed, which gives no interval")
        }
        if unknown > 0 { parts.append("of \(unknown) nothing can be said") }
        return "Of \(results.arms.count) arms " + parts.joined(separator: "; ") + "."
    }

    /// What moved, in one sentence and without interpretation.
    private func sentence(_ arm: ExperimentResults.Arm) -> String {
        guard let change = analysis.change(of: arm.name) else {
            return "generation \(last) has not been measured."
        }
        let difference = change.difference.summary
        let unit = metric.unit.isEmpty ? "" : " \(metric.unit)"
        if analysis.isUnfinished(metric, in: arm, at: last) {
            return
                "\(analysis.estimate(change.last, metric, in: arm, at: last)) at generation \(last)."
        }
        let infinite = change.last.infiniteCount
        guard difference.mean.isFinite else {
            if infinite > 0 {
                return
                    "infinite at generation \(last) in \(infinite) of \(change.last.count) seeds."
            }
            return "the change is undefined, because a measurement is."
        }
        let size = NumberText.short(abs(difference.mean), significant: 3) + unit
        let half = difference.halfWidth()
        guard difference.count > 1, half.isFinite else {
            guard difference.mean != 0 else {
                return "did not move in its only seed; one seed gives no interval."
            }
            return "\(difference.mean > 0 ? "rose" : "fell") by \(size) in its only seed; one seed "
                + "gives no interval."
        }
        let (mean, limits) = NumberText.interval(difference.mean, halfWidth: half)
        let interval =
            "(95 % confidence interval of the change \(limits), \(difference.count) seeds)"
        let amount = (mean.hasPrefix("−") ? String(mean.dropFirst()) : mean) + unit
        if difference.mean - half > 0 { return "rose by \(amount) \(interval)." }
        if difference.mean + half < 0 { return "fell by \(amount) \(interval)." }
        return "no change that these seeds can tell from zero: \(mean)\(unit) \(interval)."
    }

    private var definition: String {
        var text = metric.help.isEmpty ? "" : "Measured: \(metric.help) "
        switch metric.direction {
        case .lowerIsBetter:
            text +=
                "Lower is better. Of the published definitions of model collapse (Schaeffer et al. "
                + "2025 list eight) this speaks of one alone: any increase of the population risk, "
                + "as this metric estimates it. "
        case .higherIsBetter:
            text +=
                "Higher is better. Of the published definitions of model collapse (Schaeffer et al. "
                + "2025 list eight) this speaks of one alone: any worsening of the quantity that this "
                + "metric estimates. "
        case .neither:
            text +=
                "The metric has no better direction of its own: its movement is reported, not judged. "
        }
        return text
            + "It says nothing of what happens after generation \(last), at other sizes or on other "
            + "data."
    }

    // MARK: Tables

    private var table: Markup {
        var table = Table(
            [
                ("arm", .text), (Self.generation(0), .number), (Self.generation(last), .number),
                ("change", .number), ("seeds", .number),
            ],
            caption: """
                \(metric.axisTitle): mean ± half width of the 95 % Student interval over seeds. The \
                change is the mean of the differences within seeds.\(analysis.shownWords)
                """)
        for arm in analysis.shownArms {
            let change = analysis.change(of: arm.name)
            let first = change?.first ?? analysis.summary(metric, of: arm, at: 0)
            let isEarly = analysis.isUnfinished(metric, in: arm, at: last)
            table.append([
                Self.named(arm), cell(metric, arm, 0, first), cell(metric, arm, last, change?.last),
                last > 0 && !isEarly ? Self.cell(change?.difference.summary, signed: true) : "–",
                change.map { "\($0.difference.summary.count)" } ?? "–",
            ])
        }
        return (last > 0 ? table : table.keeping([0, 1, 4])).markup + family
    }

    /// The headline's family, perplexity beside nats: the same results in the units others use.
    private var family: Markup {
        let family = analysis.headlineFamily
        guard !family.isEmpty else { return "" }
        var table = Table(
            [("arm", .text)]
                + family.flatMap { member -> [(Markup, Table.Column)] in
                    let first: [(Markup, Table.Column)] = [
                        ("\(member.axisTitle), \(Self.generation(0))", .number)
                    ]
                    return first + (last > 0 ? [(Self.generation(last), .number)] : [])
                },
            caption: """
                The same models in other units: mean ± half width of the 95 % interval.\
                \(analysis.shownWords)
                """)
        for arm in analysis.shownArms {
            table.append(
                ["\(arm.name)"]
                    + family.flatMap { member in
                        (last > 0 ? [0, last] : [0]).map { generation in
                            cell(
                                member, arm, generation,
                                analysis.summary(member, of: arm, at: generation))
                        }
                    })
        }
        return table.markup
    }

    /// A generation as the head of a column, which does not break.
    static func generation(_ number: Int) -> Markup { "generation\u{a0}\(number)" }

    /// An arm's name above the line that says how it uses data.
    private static func named(_ arm: ExperimentResults.Arm) -> Markup {
        arm.summary.isEmpty || arm.summary == arm.name
            ? "\(arm.name)" : "\(arm.name)<small>\(arm.summary)</small>"
    }

    private static func cell(_ summary: Summary?, signed: Bool = false) -> Markup {
        summary.map { "\(estimate($0, signed: signed))" } ?? "–"
    }

    private func cell(
        _ metric: MetricDeclaration, _ arm: ExperimentResults.Arm, _ generation: Int,
        _ summary: Summary?
    ) -> Markup {
        summary.map { "\(analysis.estimate($0, metric, in: arm, at: generation))" } ?? "–"
    }

    /// A mean with its half width and, where some are, the number of infinite seeds.
    static func estimate(_ summary: Summary, signed: Bool = false) -> String {
        let text = NumberText.estimate(
            summary.mean, halfWidth: summary.halfWidth(), signed: signed)
        guard summary.infiniteCount > 0 else { return text }
        return text + " (\(summary.infiniteCount) of \(summary.count) seeds)"
    }

    static func standardErrors(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        guard abs(value) < 1e4 else { return (value > 0 ? "> " : "< −") + "10 000" }
        return (value > 0 ? "+" : "") + NumberText.fixed(value, decimals: 1)
    }
}
