import Collapse
import Compute
import Support

/// Small results of a setting that no part of the report has heard of.
enum SampleResults {
    static let depth = MetricDeclaration(
        "heldout.depth", title: "depth of the <deepest> puddle", unit: "mm",
        direction: .lowerIsBetter, help: "Mean depth & its \"unit\".")
    static let volume = MetricDeclaration(
        "heldout.volume", title: "volume", unit: "ml", direction: .lowerIsBetter,
        help: "Depth times area.")
    static let roundness = MetricDeclaration(
        "shape.roundness", title: "roundness", direction: .higherIsBetter,
        help: "1 is round.")
    private static let rim = MetricDeclaration(
        "shape.rim", title: "rim", unit: "mm", direction: .neither, help: "Rim.")
    private static let unseen = MetricDeclaration(
        "never.seen", title: "never", direction: .neither, help: "Nothing.")

    static let setting = SettingDeclaration(
        name: "puddle", summary: "Puddles fitted to puddles.", version: 1, sizeUnit: "drops",
        keys: [], evaluations: [],
        metrics: [depth, volume, roundness, rim, unseen],
        headline: depth,
        panels: [
            PanelDeclaration(
                section: "Shape", title: "Roundness and rim",
                metrics: [roundness, rim]),
            PanelDeclaration(
                section: "Volume", title: "Volume", metrics: [volume], logarithmic: true),
            PanelDeclaration(section: "Never", title: "Never", metrics: [unseen]),
        ], recordUnit: .generation)

    /// Arms whose headline rises by a known amount a generation, with a little noise.
    static func make(
        arms: [String] = ["replace", "accumulate", "it's <odd> & `loud`"], seeds: Int = 3,
        generations: Int = 3, predictions: Bool = false, bound: [Double]? = nil,
        value: (_ arm: Int, _ seed: Int, _ generation: Int) -> Double? = { _, _, _ in nil }
    ) -> ExperimentResults {
        var table = MetricTable()
        for (number, arm) in arms.enumerated() {
            for seed in 0..<seeds {
                for generation in 0...generations {
                    var stream = RandomStream(
                        RandomKey(
                            seed: UInt64(seed), generation: generation, purpose: .test,
                            index: number))
                    let noise = generation == 0 ? 0 : stream.uniform() * 0.01
                    let rise = 0.1 / Double(number + 1) * Double(generation)
                    let depth =
                        value(number, seed, generation) ?? 4 + 0.02 * Double(seed) + rise + noise
                    for (metric, value) in [
                        ("heldout.depth", depth), ("heldout.volume", depth * depth),
                        ("shape.roundness", 1 - rise), ("shape.rim", noise),
                        ("data.size", number == 1 ? 100 * Double(generation + 1) : 100),
                    ] {
                        table.append(
                            .init(
                                arm: arm, seed: UInt64(seed), generation: generation,
                                metric: metric, value: value))
                    }
                }
            }
        }
        let theory = Prediction(
            metric: Self.depth, values: (0...generations).map { 4 + 0.1 * Double($0) },
            source: "Rain 1931, eq. 7")
        return ExperimentResults(
            name: "Puddles <b>", description: "What \u{1} rain does.", setting: setting,
            arms: arms.map {
                .init(
                    name: $0, summary: "drips & drops",
                    predictions: (predictions ? [theory] : [])
                        + (bound.map {
                            [
                                Prediction(
                                    metric: Self.depth, values: $0, source: "Hail 1932",
                                    relation: .upperBound, note: "For <cold> days.")
                            ]
                        } ?? []))
            }, seeds: (0..<seeds).map(UInt64.init), generations: generations, metrics: table,
            samples: arms.flatMap { arm in
                (0...generations).map { generation in
                    .init(
                        arm: arm, seed: 0, generation: generation,
                        text: "</div><script>alert(\(generation))</script>\n\u{0}drip")
                }
            }, tolerance: 0.05, specificationText: "name: \"<puddles>\"\n",
            environment: [(name: "weather", value: "wet & windy")])
    }

    /// A single step from generation 0 to 1 at several sample sizes n, where the depth is 10 / n,
    /// as theory says.
    static func sizes(_ grid: [Int]) -> ExperimentResults {
        var results = make(arms: [], generations: 1)
        for size in grid {
            let depth = 10 / Double(size)
            results.arms.append(
                .init(
                    name: "n=\(size)", summary: "a step",
                    coordinates: [(key: "sample-size", value: .integer(size))],
                    predictions: [
                        Prediction(metric: Self.depth, values: [1, depth], source: "Rain")
                    ]))
            for seed in results.seeds {
                for (generation, value) in [(0, 1), (1, depth + 0.001 * depth * Double(seed))] {
                    for (metric, value) in [
                        ("heldout.depth", value), ("heldout.volume", value * value),
                    ] {
                        results.metrics.append(
                            .init(
                                arm: "n=\(size)", seed: seed, generation: generation,
                                metric: metric, value: value))
                    }
                }
            }
        }
        return results
    }

    /// A sweep of a numeric key beside a word, with one arm outside it.
    static func sweep(grid: [Double] = [0, 0.1, 0.5, 1]) -> ExperimentResults {
        var results = make(arms: ["outside"], generations: 2)
        for kind in ["fresh", "replayed"] {
            for fraction in grid.reversed() {
                let name = "mix \(kind) \(fraction)"
                results.arms.append(
                    .init(
                        name: name, summary: "mixture",
                        coordinates: [
                            (key: "real-data", value: .text(kind)),
                            (key: "real-fraction", value: .number(fraction)),
                        ]))
                for seed in results.seeds {
                    for generation in 0...2 {
                        let excess = (1 - fraction) * 0.2 + 0.01 * Double(seed)
                        results.metrics.append(
                            .init(
                                arm: name, seed: seed, generation: generation,
                                metric: "heldout.depth", value: 4 + excess * Double(generation)))
                    }
                }
            }
        }
        return results
    }
}
