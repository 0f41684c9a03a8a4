import Collapse
import Report
import Support
import TestSupport
import Testing

/// Every kind of figure with values that leave an axis nothing to stand on.
struct FigureKindTests {
    enum Values: String, CaseIterable, Sendable {
        case tiny, infinite, mixed, undefined, equal, zero, none, single

        /// The value of an arm at a generation; nil where nothing is measured.
        func value(_ arm: Int, _ generation: Int) -> Double? {
            switch self {
            case .tiny: 1e-300 * Double(1 + arm + generation)
            case .infinite: .infinity
            case .mixed: [1e300, -.infinity, .infinity, 1e-300][(arm + generation) % 4]
            case .undefined: .nan
            case .equal: 5 + (generation == 1 ? 1e-15 : 0)
            case .zero: 0
            case .none: nil
            case .single: arm == 1 && generation == 2 ? 3 : nil
            }
        }
    }

    enum Layout: CaseIterable, Sendable {
        case arms, oneStep, evenSweep, logarithmicSweep, manyArms, manyValues

        /// The value of the swept key of each arm; nil for arms outside a sweep.
        var keys: [Double?] {
            switch self {
            case .arms, .oneStep: [nil, nil, nil]
            case .evenSweep: [nil, 0, 0.1, 0.5]
            case .logarithmicSweep: [1, 10, 1_000]
            case .manyArms: [Double?](repeating: nil, count: 50)
            case .manyValues: (0..<50).map { Double($0) }
            }
        }
        var generations: Int { self == .oneStep ? 1 : 3 }
    }

    private static let logarithm = MetricDeclaration(
        "log.value", title: "logarithmic", direction: .neither, help: "The same.")

    private static func results(_ values: Values, _ layout: Layout) -> ExperimentResults {
        var results = SampleResults.make(arms: [])
        results.generations = layout.generations
        let metrics = [
            SampleResults.depth, SampleResults.volume, SampleResults.roundness, logarithm,
        ]
        results.setting.metrics = metrics
        results.setting.panels = [
            PanelDeclaration(section: "A", title: "One", metrics: [SampleResults.volume]),
            PanelDeclaration(
                section: "A", title: "Several", metrics: [SampleResults.roundness, logarithm]),
            PanelDeclaration(
                section: "A", title: "Logarithmic", metrics: [logarithm], logarithmic: true),
            PanelDeclaration(
                section: "A", title: "Plane", metrics: [SampleResults.volume],
                against: SampleResults.roundness),
            PanelDeclaration(
                section: "A", title: "Logarithmic plane", metrics: [logarithm], logarithmic: true,
                against: SampleResults.volume),
        ]
        for (index, key) in layout.keys.enumerated() {
            let name = "arm \(index)"
            let predicted = (0...layout.generations).map { values.value(index, $0) ?? .nan }
            results.arms.append(
                .init(
                    name: name, summary: "",
                    coordinates: key.map { [(key: "key", value: .number($0))] } ?? [],
                    predictions: [
                        Prediction(metric: SampleResults.depth, values: predicted, source: "S"),
                        Prediction(
                            metric: logarithm, values: predicted, source: "S",
                            relation: .upperBound),
                    ]))
            for seed in results.seeds {
                for generation in 0...layout.generations {
                    guard let value = values.value(index, generation) else { continue }
                    for metric in metrics {
                        results.metrics.append(
                            .init(
                                arm: name, seed: seed, generation: generation, metric: metric.name,
                                value: value))
                    }
                }
            }
        }
        return results
    }

    @Test(
        "Each kind of figure is drawn whatever the values are", .long, arguments: Values.allCases)
    func drawsAll(_ values: Values) throws { try draw(values, Layout.allCases) }

    /// A third of the pairs, in which each layout and each kind of values occurs.
    @Test("Figures are drawn whatever the values are", arguments: Values.allCases.indices)
    func draws(_ number: Int) throws {
        try draw(
            Values.allCases[number],
            Layout.allCases.enumerated().filter { ($0.offset + number) % 3 == 0 }.map(\.element))
    }

    private func draw(_ values: Values, _ layouts: [Layout]) throws {
        for layout in layouts {
            let results = Self.results(values, layout)
            let folder = try TemporaryFolder()
            let outcome = try ReportWriter().write(Analysis(results), to: folder.path)
            #expect(outcome.problems == [], "\(layout)")
            let page = try folder.text("report.html")
            #expect(markupFault(page) == nil, "\(layout)")
            #expect(!page.contains("was not drawn"), "\(layout)")
        }
    }

    @Test("The layouts bring every kind of figure")
    func kinds() {
        let names = Layout.allCases.flatMap { layout in
            FigureBuilder(Analysis(Self.results(.tiny, layout))).all().map(\.figure.name)
        }
        let kinds: Set = [
            "headline", "theory", "excess", "a-one", "a-several", "a-logarithmic", "a-plane",
            "a-logarithmic-plane",
        ]
        #expect(Set(names).isSuperset(of: kinds))
    }
}
