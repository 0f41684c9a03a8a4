import Collapse
import Foundation

/// What the models wrote, side by side: first, middle and last generation of each arm, one seed.
struct SampleSection {
    let analysis: Analysis
    private static let mostCharacters = 900

    var section: Section? {
        let results = analysis.results
        guard
            let seed = results.seeds.first(where: { seed in
                results.samples.contains { $0.seed == seed }
            }) ?? results.samples.first?.seed
        else { return nil }
        let samples = results.samples.filter { $0.seed == seed }
        if samples.contains(where: { $0.picture != nil }) { return pictures(samples, seed: seed) }
        var body: Markup = ""
        if let real = samples.first(where: { $0.generation < 0 }) {
            body += "<h3>Real text</h3>\n<div class=\"sample\">\(Self.cut(real.text))</div>\n"
        }
        for arm in analysis.shownArms {
            let own = samples.filter { $0.arm == arm.name && $0.generation >= 0 }
            let generations = Self.firstMiddleLast(Set(own.map(\.generation)).sorted())
            let columns = generations.compactMap { generation -> Markup? in
                guard let sample = own.first(where: { $0.generation == generation }) else {
                    return nil
                }
                return """
                    <div><h4>generation \(generation)</h4><div class="sample" dir="auto">\(Self.cut(sample.text))</div></div>

                    """
            }
            guard !columns.isEmpty else { continue }
            body +=
                "<h3>\(arm.name)</h3>\n<div class=\"samples\" id=\"\(id(of: arm))\">\n\(columns)</div>\n"
        }
        return Section(
            id: "samples", heading: "Samples",
            body: """
                <p class="note">The first sample of each model, seed \(String(seed)), uncurated; cut after \
                \(Self.mostCharacters) characters. One sample shows what text looks like, not how often it \
                looks so.\(analysis.shownWords)</p>
                \(body)
                """)
    }

    private func id(of arm: ExperimentResults.Arm) -> String {
        "samples-\(analysis.results.arms.firstIndex { $0.name == arm.name } ?? 0)"
    }

    /// The texts of every generation that was kept, for the page's script.
    var series: [PageData.SampleSeries] {
        let results = analysis.results
        guard let seed = results.samples.first?.seed,
            !results.samples.contains(where: { $0.picture != nil })
        else { return [] }
        return analysis.shownArms.compactMap { arm in
            var seen: Set<Int> = []
            let own = results.samples.filter {
                $0.arm == arm.name && $0.seed == seed && $0.generation >= 0
                    && seen.insert($0.generation).inserted
            }
            guard !own.isEmpty else { return nil }
            return .init(
                id: id(of: arm),
                samples: own.map {
                    .init(
                        generation: $0.generation, text: Self.cut($0.text),
                        note: origin(of: $0.generation, arm, seed: seed))
                })
        }
    }

    /// Where the model of a generation comes from.
    private func origin(of generation: Int, _ arm: ExperimentResults.Arm, seed: UInt64) -> String {
        func value(_ metric: MetricDeclaration) -> Double? {
            analysis.results.metrics.value(
                arm: arm.name, seed: seed, generation: generation, metric: metric.name)
        }
        guard let size = value(DataMetrics.size), let share = value(DataMetrics.realFraction) else {
            return ""
        }
        let unit = analysis.results.setting.sizeUnit
        let data =
            share >= 1
            ? "all of it real"
            : share <= 0
                ? "all of it written by earlier models"
                : "\(NumberText.short(100 * share, significant: 3)) % of it real and the rest written "
                    + "by earlier models"
        return "by the model of generation \(generation), seed \(seed), fitted to "
            + "\(NumberText.whole(size)) \(unit), \(data)"
    }

    /// Images of every generation that was kept, in a grid each.
    private func pictures(_ samples: [ExperimentResults.Sample], seed: UInt64) -> Section {
        var body: Markup = ""
        for arm in analysis.shownArms {
            let own = samples.filter { $0.arm == arm.name }
            let grids = Set(own.map(\.generation)).sorted().compactMap { generation -> Markup? in
                let pictures = own.filter { $0.generation == generation }.compactMap(\.picture)
                guard !pictures.isEmpty else { return nil }
                let grid = PictureGrid(pictures, columns: Set(pictures.map(\.label)).count)
                let data = Markup(trusted: grid.png.base64EncodedString())
                return """
                    <div><h4>generation \(generation)</h4><img class="pictures" \
                    alt="\(pictures.count) images of generation \(generation) of \(arm.name)" \
                    src="data:image/png;base64,\(data)"></div>

                    """
            }
            guard !grids.isEmpty else { continue }
            body += "<h3>\(arm.name)</h3>\n<div class=\"samples\">\n\(grids)</div>\n"
        }
        return Section(
            id: "samples", heading: "Samples",
            body: """
                <p class="note">The first images of each model, seed \(String(seed)), uncurated; a column for \
                each class.\(analysis.shownWords)</p>
                \(body)
                """)
    }

    static func firstMiddleLast(_ generations: [Int]) -> [Int] {
        guard generations.count > 3 else { return generations }
        return [
            generations[0], generations[(generations.count - 1) / 2],
            generations[generations.count - 1],
        ]
    }

    private static func cut(_ text: String) -> String {
        guard text.count > mostCharacters else { return text }
        return text.prefix(mostCharacters) + " …"
    }
}
