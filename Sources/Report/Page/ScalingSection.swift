import Collapse

/// How the headline metric falls with the size of the data, and whether it levels off.
struct ScalingSection {
    let analysis: Analysis
    let fits: ScalingFits?

    func section(figure: Markup) -> Section? {
        guard let fits else { return nil }
        let metric = analysis.headline
        let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
        var table = Table(
            [
                ("curve", .text), ("exponent", .number), ("offset\(unit)", .number),
                ("offset above the control's", .number), ("seeds", .number),
            ],
            caption: """
                \(metric.title) at generation \(analysis.lastGeneration) fitted by offset + scale × \
                \(fits.sweep.title)^−exponent, with 95 % intervals over whole seeds: percentiles of the \
                bootstrap (\(ScalingFits.resamples) resamples, always the same ones), below \
                \(ScalingFits.leastResampled) seeds Student's of the jackknife.
                """)
        for curve in fits.curves {
            let isDetermined = curve.law.isDetermined
            table.append([
                "\(Self.name(of: curve))",
                isDetermined
                    ? Self.cell(curve.law.exponent, curve.exponent) : "not told by these sizes",
                isDetermined ? Self.cell(curve.law.offset, curve.offset) : "–",
                isDetermined
                    ? curve.plateau.map { Self.cell($0.difference, $0.interval, signed: true) }
                        ?? "–"
                    : "–",
                "\(curve.seeds)",
            ])
        }
        let sentences = fits.curves.compactMap(sentence)
        return Section(
            id: "scaling", heading: "Scaling with the size of the data",
            body: """
                \(figure)\(sentences.isEmpty ? "" : "<div class=\"verdict\"><ul>\n\(sentences)</ul></div>\n" as Markup)\(table.markup)<p class="note">An \
                offset is where the fitted law ends if it goes on beyond the sizes that were measured, which \
                no fit can know. Three constants are fitted to the mean at each size. Exponents from \
                \(NumberText.short(PowerLaw.exponents.lowerBound)) to \
                \(NumberText.short(PowerLaw.exponents.upperBound)) are looked at: where the best one is an \
                end of these, the sizes do not tell it.</p>

                """)
    }

    /// Whether a curve levels off above its control (Dohmatob et al. 2024: in strong model collapse
    /// more data of the same mixture does not help for ever).
    private func sentence(_ curve: ScalingFits.Curve) -> Markup? {
        guard let plateau = curve.plateau else { return nil }
        let name = Self.name(of: curve)
        let unit = analysis.headline.unit.isEmpty ? "" : " \(analysis.headline.unit)"
        let limit = analysis.results.tolerance
        guard curve.law.isDetermined, let interval = plateau.interval else {
            return """
                <li>\(name): whether it levels off above its control cannot be said: \
                \(curve.seeds < 3 ? "fewer than three seeds" : "these sizes do not tell the law").</li>

                """
        }
        let words = Self.words(plateau.difference, interval)
        if interval.lowerBound > 0 {
            return
                "<li>\(name): levels off above its control, by \(words)\(unit): more data of this mixture does not make up for the difference.</li>\n"
        }
        // A tolerance larger than what is compared excludes nothing.
        let smallest = curve.points.map { abs($0.summary.mean) }.min() ?? 0
        if interval.upperBound <= limit, limit < smallest {
            return
                "<li>\(name): no plateau above its control beyond the tolerance of \(NumberText.short(limit))\(unit): \(words)\(unit).</li>\n"
        }
        return
            "<li>\(name): no plateau above its control is shown, but one of up to \(NumberText.short(interval.upperBound, significant: 3))\(unit) is not excluded: \(words)\(unit).</li>\n"
    }

    /// The curve's name.
    static func name(of curve: ScalingFits.Curve) -> String {
        curve.group.label.isEmpty ? "all sizes" : curve.group.label
    }

    private static func words(_ value: Double, _ interval: ClosedRange<Double>) -> String {
        "\(NumberText.signed(value, significant: 3)) (95 % "
            + "\(NumberText.signed(interval.lowerBound, significant: 3)) to "
            + "\(NumberText.signed(interval.upperBound, significant: 3)))"
    }

    private static func cell(
        _ value: Double, _ interval: ClosedRange<Double>?, signed: Bool = false
    ) -> Markup {
        guard let interval else { return "\(NumberText.short(value, significant: 3))" }
        if signed { return "\(words(value, interval))" }
        return
            "\(NumberText.short(value, significant: 3)) (\(NumberText.short(interval.lowerBound, significant: 3)) to \(NumberText.short(interval.upperBound, significant: 3)))"
    }
}
