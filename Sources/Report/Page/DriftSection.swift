import Collapse
import Compute

/// In which direction each arm drifts, with what that rests on.
struct DriftSection {
    let analysis: Analysis
    /// Up to this many arms each has a sentence; the table has them all.
    private static let mostSentences = 12

    private var results: ExperimentResults { analysis.results }

    var section: Section? {
        guard let declaration = results.setting.drift, analysis.lastGeneration > 0 else {
            return nil
        }
        let drifts = analysis.selection.arms.compactMap { arm in
            analysis.drift(of: arm).map { (arm: results.arms[arm], drift: $0) }
        }
        guard !drifts.isEmpty else { return nil }
        let compared = drifts.filter { $0.drift.reference != .itself }
        let sentences = compared.map { arm, drift -> Markup in
            "<li><b>\(arm.name)</b>: \(sentence(drift))</li>\n"
        }
        let list: Markup =
            (1...Self.mostSentences).contains(sentences.count)
            ? "<div class=\"verdict\"><ul>\n\(sentences)</ul></div>\n" : ""
        return Section(
            id: "drift", heading: "Direction of the drift",
            body: """
                \(list)\(table(drifts, declaration))<p class="note">\(rules(declaration))\
                \(analysis.lacksControls ? " " + Analysis.withoutControl : "")</p>

                """)
    }

    // MARK: Sentences

    private func sentence(_ drift: Drift) -> String {
        let seeds = drift.seedCount
        guard seeds >= Drift.leastSeeds else {
            return
                "\(seeds == 1 ? "one seed does" : "\(seeds) seeds do") not tell a direction; three "
                + "are needed."
        }
        let beyond = drift.signs.filter { $0.state == .above || $0.state == .below }
        let evidence = words(beyond.filter { drift.supports($0) })
        let beside = words(beyond.filter { !drift.supports($0) })
        let rest = beside.isEmpty ? "" : "; beside that \(beside)"
        let text =
            switch drift.direction {
            case .sharpening: "sharpening: \(evidence)\(rest)"
            case .noising: "noising: \(evidence)\(rest)"
            case .both: "sharpening and noising at once: \(evidence)"
            case .neither: "neither sharpening nor noising: every component is within its margin"
            case .undecided:
                beside.isEmpty
                    ? "no direction can be told: no interval lies beyond its margin, and not all lie "
                        + "within"
                    : "no direction can be told from \(beside) alone"
            }
        return "\(text) (\(against(drift)))."
    }

    private func words(_ signs: [Drift.Sign]) -> String {
        signs.map { sign in
            "\(title(sign.component)) \(Self.value(sign))\(unit(sign.component))"
        }.joined(separator: ", ")
    }

    private func against(_ drift: Drift) -> String {
        switch drift.reference {
        case .control(let name), .realArm(let name):
            "against \(name), generation \(drift.generation)"
        case .generation0: "since generation 0, for want of a control"
        case .itself: "since generation 1"
        }
    }

    private func title(_ component: DriftDeclaration.Component) -> String {
        analysis.metric(component.metric).title
    }

    /// The unit of a difference behind a space; empty for ratios and pure numbers.
    private func unit(_ component: DriftDeclaration.Component) -> String {
        let unit = analysis.metric(component.metric).unit
        return component.isRatio || unit.isEmpty ? "" : " \(unit)"
    }

    /// The mean difference with its half width, or the ratio with its interval.
    private static func value(_ sign: Drift.Sign) -> String {
        let (mean, half) = (sign.summary.mean, sign.summary.halfWidth())
        guard sign.component.isRatio else {
            return NumberText.estimate(mean, halfWidth: half, signed: true)
        }
        func ratio(_ logarithm: Double) -> String {
            NumberText.short(Elementary.exp(logarithm), significant: 3)
        }
        return half.isFinite
            ? "×\(ratio(mean)) (\(ratio(mean - half)) to \(ratio(mean + half)))"
            : "×\(ratio(mean))"
    }

    // MARK: Table

    private func table(
        _ drifts: [(arm: ExperimentResults.Arm, drift: Drift)], _ declaration: DriftDeclaration
    ) -> Markup {
        var table = Table(
            [("arm", .text), ("drift", .text)]
                + declaration.components.map { component in
                    let unit = unit(component)
                    let suffix =
                        component.isRatio
                        ? ", ratio" : unit.isEmpty ? "" : " (\(unit.dropFirst()))"
                    return ("\(title(component))\(suffix)", .number)
                },
            caption: """
                Each component less that of \(references(drifts)), or its ratio to that, paired by seed: \
                mean with the 95 % Student interval, of ratios in \
                logarithms.\(analysis.shownWords)
                """)
        for (arm, drift) in drifts {
            let cells = drift.signs.map { sign -> Markup in
                guard sign.summary.count >= Drift.leastSeeds, sign.summary.mean.isFinite else {
                    return "–"
                }
                let text = Self.value(sign)
                return sign.state == .above || sign.state == .below ? "<b>\(text)</b>" : "\(text)"
            }
            let direction =
                drift.seedCount < Drift.leastSeeds ? "–" : drift.direction.rawValue
            table.append(["\(arm.name)", "\(direction)"] + cells)
        }
        return table.markup
    }

    /// What the arms of the table are compared with.
    private func references(_ drifts: [(arm: ExperimentResults.Arm, drift: Drift)]) -> String {
        var words: [String] = []
        for (_, drift) in drifts {
            let word =
                switch drift.reference {
                case .control: "the control at the same generation"
                case .realArm: "the arm of real data alone"
                case .generation0: "generation 0, for want of a control"
                case .itself: "generation 1, for arms of real data alone"
                }
            if !words.contains(word) { words.append(word) }
        }
        return words.joined(separator: ", or of ")
    }

    private func rules(_ declaration: DriftDeclaration) -> String {
        let margins = declaration.components.map { component in
            let margin =
                component.isRatio
                ? "a factor of \(NumberText.short(Elementary.exp(component.margin), significant: 3))"
                : NumberText.short(component.margin) + unit(component)
            return "\(title(component)) \(margin)"
        }.joined(separator: ", ")
        return "Bold is what lies beyond its margin with its whole interval (margins: \(margins)). "
            + "Sharpening: samples have become less varied, or likelier under a model of other real "
            + "text, or next tokens more certain. Noising: samples are less likely; or, where nothing "
            + "sharpens, they are more varied, next tokens less certain or common tokens dearer. "
            + "Certainty and common tokens count where variety is known to be kept: a generator says "
            + "anything after contexts that it no longer writes. Neither: all intervals lie within the "
            + "margins. One component of several may lie beyond its margin by chance."
    }
}
