import Collapse

/// What the samples cost each arm, in one sentence and without interpretation: its headline metric
/// against the control at the same generation, or against generation 0 where there is no control.
struct ChangeSummary {
    let analysis: Analysis
    /// Up to this many arms each has a sentence; of more it is counted.
    private static let mostSentences = 12

    private var results: ExperimentResults { analysis.results }
    private var metric: MetricDeclaration { analysis.headline }
    private var last: Int { analysis.lastGeneration }

    var markup: Markup {
        guard last > 0 else {
            return """
                <p>Only generation 0 has been measured: the model fitted on real data. Nothing can be \
                said about change.</p>

                """
        }
        let arms = results.arms.indices
        let compared = arms.filter { analysis.reference(of: $0).arm != nil }
        let others = arms.filter { analysis.reference(of: $0).arm == nil }
        return """
            <div class="verdict">
            \(compared.isEmpty ? "" : against(compared))\(others.isEmpty ? "" : since(others))\
            <p class="note">\(Markup.prose(definition))\
            \(analysis.lacksControls ? " " + Analysis.withoutControl : "")</p>
            </div>

            """
    }

    // MARK: Against the control

    private func against(_ arms: [Int]) -> Markup {
        let items = arms.map { arm -> Markup in
            "<li><b>\(results.arms[arm].name)</b>: \(excessSentence(arm))</li>\n"
        }
        let words = Movement.Words(
            up: "above", down: "below", none: "show no difference", noneOfOne: "did not differ")
        let summaries = arms.map { analysis.lastExcess(of: $0)?.summary }
        let isControl = arms.allSatisfy { arm in
            if case .control = analysis.reference(of: arm) { true } else { false }
        }
        return """
            <p><b>At generation \(last)</b>, \(metric.title) against \
            \(isControl ? "the control, which trained on fresh real data in place of the samples" : "the arm of real data alone"), \
            seed by seed:</p>
            \(list(items, Movement.count(summaries, words)))
            """
    }

    private func excessSentence(_ arm: Int) -> String {
        let reference = analysis.reference(of: arm).arm ?? ""
        guard let excess = analysis.lastExcess(of: arm) else {
            return
                "it cannot be compared with \(reference): generation \(last) has not been measured."
        }
        let place =
            excess.generation < last
            ? "at generation \(excess.generation), the last that its control has real data for: "
            : ""
        if analysis.isUnfinished(metric, in: results.arms[arm], at: excess.generation) {
            return place
                + "not every seed has come to what is counted, so that nothing can be compared."
        }
        let infinite = excess.summary.infiniteCount
        guard excess.summary.mean.isFinite else {
            return infinite > 0
                ? place
                    + "infinitely far from \(reference) in \(infinite) of \(excess.summary.count) seeds."
                : place
                    + "the difference from \(reference) is undefined, because a measurement is infinite or undefined."
        }
        return place
            + Movement(excess.summary, unit: metric.unit).sentence(
                .init(
                    up: "\(Movement.amount) above \(reference)",
                    down: "\(Movement.amount) below \(reference)",
                    none: "no difference from \(reference) that these seeds can tell from zero",
                    noneOfOne: "no difference from \(reference) in its only seed"))
    }

    // MARK: Since generation 0

    private func since(_ arms: [Int]) -> Markup {
        let items = arms.map { arm -> Markup in
            let isReal = analysis.reference(of: arm) == .itself
            return """
                <li><b>\(results.arms[arm].name)</b>\(isReal ? " (real data only)" : ""): \
                \(changeSentence(results.arms[arm]))</li>

                """
        }
        let words = Movement.Words(
            up: "rose", down: "fell", none: "show no change", noneOfOne: "did not move")
        let summaries = arms.map { analysis.change(of: results.arms[$0].name)?.difference.summary }
        return """
            <p><b>From generation 0 to generation \(last)</b>, \(metric.title), seed by seed:</p>
            \(list(items, Movement.count(summaries, words)))
            """
    }

    private func changeSentence(_ arm: ExperimentResults.Arm) -> String {
        guard let change = analysis.change(of: arm.name) else {
            return arm.exhausted == nil
                ? "generation \(last) has not been measured."
                : "there is no real data left for generation \(last)."
        }
        if analysis.isUnfinished(metric, in: arm, at: last) {
            return
                "\(analysis.estimate(change.last, metric, in: arm, at: last)) at generation \(last)."
        }
        let infinite = change.last.infiniteCount
        guard change.difference.summary.mean.isFinite else {
            return infinite > 0
                ? "infinite at generation \(last) in \(infinite) of \(change.last.count) seeds."
                : "the change is undefined, because a measurement is."
        }
        return Movement(change.difference.summary, unit: metric.unit).sentence(
            .init(
                up: "rose by \(Movement.amount)", down: "fell by \(Movement.amount)",
                none: "no change that these seeds can tell from zero",
                noneOfOne: "did not move in its only seed"))
    }

    private func list(_ items: [Markup], _ count: String) -> Markup {
        items.count <= Self.mostSentences ? "<ul>\n\(items)</ul>\n" : "<p>\(count)</p>\n"
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
        case .nearerToReference:
            text +=
                "Better is what is nearer to real data: the movement is reported, not judged. "
        case .neither:
            text +=
                "The metric has no better direction of its own: its movement is reported, not judged. "
        }
        return text
            + "It says nothing of what happens after generation \(last), at other sizes or on other "
            + "data."
    }
}

/// A mean difference over seeds in words: which way, how much, and how sure.
struct Movement {
    private let difference: Summary
    private let unit: String

    /// Stands for the amount in ``Words``.
    static let amount = "{amount}"

    /// The words of a sentence about one arm, or the verbs of a count of many.
    struct Words {
        var up: String
        var down: String
        var none: String
        /// Where the only seed shows nothing.
        var noneOfOne: String
    }

    init(_ difference: Summary, unit: String) {
        self.difference = difference
        self.unit = unit.isEmpty ? "" : " \(unit)"
    }

    /// A sentence with the interval; the mean must be finite.
    func sentence(_ words: Words) -> String {
        let half = difference.halfWidth()
        guard difference.count > 1, half.isFinite else {
            guard difference.mean != 0 else {
                return "\(words.noneOfOne); one seed gives no interval."
            }
            let size = NumberText.short(abs(difference.mean), significant: 3) + unit
            return filled(difference.mean > 0 ? words.up : words.down, size)
                + " in its only seed; one seed gives no interval."
        }
        let (mean, limits) = NumberText.interval(difference.mean, halfWidth: half)
        let interval =
            "(95 % confidence interval of the difference \(limits), \(difference.count) seeds)"
        let size = (mean.hasPrefix("−") ? String(mean.dropFirst()) : mean) + unit
        if difference.mean - half > 0 { return "\(filled(words.up, size)) \(interval)." }
        if difference.mean + half < 0 { return "\(filled(words.down, size)) \(interval)." }
        return "\(words.none): \(mean)\(unit) \(interval)."
    }

    private func filled(_ words: String, _ size: String) -> String {
        words.replacing(Self.amount, with: size)
    }

    /// How many of many arms moved which way; nil for an arm of which nothing is known.
    static func count(_ differences: [Summary?], _ words: Words) -> String {
        // Arms with an interval, and those with one seed, which has none.
        var several = (up: 0, down: 0, none: 0)
        var single = (up: 0, down: 0, none: 0)
        var unknown = 0
        for difference in differences {
            guard let difference, !difference.mean.isNaN else {
                unknown += 1
                continue
            }
            let hasInterval = difference.count > 1 && difference.mean.isFinite
            let half = hasInterval ? difference.halfWidth() : 0
            let kind: WritableKeyPath<(up: Int, down: Int, none: Int), Int> =
                difference.mean - half > 0 ? \.up : difference.mean + half < 0 ? \.down : \.none
            if difference.count > 1 {
                several[keyPath: kind] += 1
            } else {
                single[keyPath: kind] += 1
            }
        }
        var parts: [String] = []
        if several != (0, 0, 0) {
            parts.append(
                "\(several.up) \(words.up), \(several.down) \(words.down) and \(several.none) "
                    + "\(words.none) that these seeds can tell from zero (95 % confidence interval of "
                    + "the mean difference)")
        }
        if single != (0, 0, 0) {
            parts.append(
                "\(single.up) \(words.up), \(single.down) \(words.down) and \(single.none) "
                    + "\(words.noneOfOne) in their only seed, which gives no interval")
        }
        if unknown > 0 { parts.append("of \(unknown) nothing can be said") }
        return "Of \(differences.count) arms " + parts.joined(separator: "; ") + "."
    }
}
