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
            id: "headline", heading: heading,
            body: "\(figure)\(ChangeSummary(analysis: analysis).markup)\(table)")
    }

    private var heading: String {
        metric.title.prefix(1).uppercased() + metric.title.dropFirst()
    }

    // MARK: Tables

    private var table: Markup {
        var table = Table(
            [
                ("arm", .text), ("base model", .number), (Self.generation(0), .number),
                (Self.generation(last), .number), ("change", .number), ("excess", .number),
                ("seeds", .number),
            ],
            caption: """
                \(metric.axisTitle): mean ± half width of the 95 % Student interval over seeds. The \
                change is the mean of the differences within seeds\(excessWords).\(analysis.shownWords)
                """)
        for position in analysis.selection.arms {
            let arm = results.arms[position]
            let change = analysis.change(of: arm.name)
            let first = change?.first ?? analysis.summary(metric, of: arm, at: 0)
            let isEarly = analysis.isUnfinished(metric, in: arm, at: last)
            table.append([
                Self.named(arm),
                baseCell(arm),
                cell(metric, arm, 0, first), cell(metric, arm, last, change?.last),
                last > 0 && !isEarly ? Self.cell(change?.difference.summary, signed: true) : "–",
                isEarly ? "–" : excessCell(position),
                change.map { "\($0.difference.summary.count)" } ?? "–",
            ])
        }
        let columns = last == 0 ? [0, 2, 6] : hasExcess ? [0, 2, 3, 4, 5, 6] : [0, 2, 3, 4, 6]
        let base = analysis.hasBase(metric.name) ? [1] : []
        return table.keeping((columns + base).sorted()).markup + family
    }

    /// A base that exists is the same in every seed.
    private func baseCell(_ arm: ExperimentResults.Arm) -> Markup {
        let base = analysis.curve(arm: arm.name, metric: metric.name).base
        if let base, base.halfWidth() == 0 { return "\(NumberText.short(base.mean))" }
        return cell(metric, arm, MetricTable.baseGeneration, base)
    }

    /// Whether any arm is held against another one.
    private var hasExcess: Bool {
        results.arms.indices.contains { analysis.reference(of: $0).arm != nil }
    }

    private var excessWords: String {
        hasExcess ? ", the excess that of the differences from the arm's control" : ""
    }

    private func excessCell(_ arm: Int) -> Markup {
        guard analysis.reference(of: arm).arm != nil, let excess = analysis.lastExcess(of: arm)
        else {
            return "–"
        }
        let place = excess.generation < last ? " (t = \(excess.generation))" : ""
        return "\(Self.estimate(excess.summary, signed: true) + place)"
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
