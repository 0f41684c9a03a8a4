import Collapse
import Report
import Testing

struct AxisTests {
    private static let least = Double.leastNonzeroMagnitude
    private static let normal = Double.leastNormalMagnitude
    /// Ranges at the ends of what a number can hold, and what collapse leaves of a variance.
    static let hostile: [[Double]] = [
        [], [0], [3], [-3], [least], [least * 2_000], [.leastNormalMagnitude], [1e-300], [1e308],
        [.greatestFiniteMagnitude], [-.greatestFiniteMagnitude], [.infinity], [.nan],
        [.infinity, -.infinity, .nan], [1e-300, 1], [least, 1], [least, least * 2],
        [least, .greatestFiniteMagnitude], [0, least], [0, 1e-300], [0, 1e-291], [-1e-300, 1e-300],
        [-1e308, 1e308], [-.greatestFiniteMagnitude, .greatestFiniteMagnitude], [0, 1e308],
        [1e308, 1.1e308], [1e-300, 1.01e-300], [2.3e-308, 2.4e-308],
        [normal * 0.01, normal * 0.03],
        [1, 1, 1], [1, 1 + 1e-15], [1, 1 + 2e-9], [1e7, 1e7 + 10], [1e15, 1e15 + 1e7],
        [0.1, 0.1 + 1e-9], [-1e-7, -1.01e-7], [1, 7], [1, 80], [1e-9, 1e9],
        [1e-3, .infinity, .nan],
        [1e-12, 1, .infinity], [-1, 0, 1e-300, 1],
    ]

    @Test(arguments: hostile, [false, true])
    func limitsAreFiniteAndTicksInsideThem(_ values: [Double], _ isLogarithmic: Bool) {
        for target in [4, 6] {
            let axis = Axis.covering(values, logarithmic: isLogarithmic, ticks: target)
            #expect(axis.lower.isFinite && axis.upper.isFinite && axis.lower < axis.upper)
            #expect((axis.upper - axis.lower).isFinite)
            #expect(!axis.isLogarithmic || axis.lower.isNormal && axis.lower > 0)
            #expect(!axis.ticks.isEmpty && axis.ticks.count < 4 * target)
            let positions = axis.ticks.map(\.position)
            #expect(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 })
            #expect(positions.allSatisfy(axis.contains))
            let labels = axis.ticks.map(\.label)
            #expect(Set(labels).count == labels.count, "\(labels)")
            #expect(
                !labels.contains { $0.contains("inf") || $0.contains("undefined") }, "\(labels)")
            let half = Double.greatestFiniteMagnitude / 2
            for value in values where value.isFinite && abs(value) <= half {
                let isDrawable = !axis.isLogarithmic || value >= .leastNormalMagnitude
                #expect(!isDrawable || axis.contains(value), "\(value) in \(axis)")
            }
        }
    }

    @Test func aDeepCollapseIsDrawnInPowersOfTen() {
        let axis = Axis.covering([1e-300, 1], logarithmic: true)
        #expect(axis.ticks.map(\.label).first == "10⁻³⁰⁰")
        #expect(axis.lower < 1e-300 && axis.upper > 1)
    }

    /// Pages whose every value is one of a hostile row; `nil` keeps an ordinary arm beside it.
    @Test(arguments: hostile.filter { !$0.isEmpty }, [true, false])
    func wholeFiguresAreLaidOut(_ values: [Double], _ isAlone: Bool) {
        var results = SampleResults.make(
            generations: 6, predictions: true, bound: (0...6).map { values[$0 % values.count] }
        ) { arm, seed, generation in
            isAlone || arm == 1 ? values[(seed + generation) % values.count] : nil
        }
        results.setting.panels += [
            PanelDeclaration(
                section: "Plane", title: "Plane", metrics: [SampleResults.depth], logarithmic: true,
                against: SampleResults.volume),
            PanelDeclaration(
                section: "Plane", title: "Straight", metrics: [SampleResults.depth],
                against: SampleResults.volume),
        ]
        expectDrawable(results)
    }

    @Test(arguments: [
        [least, 1, .greatestFiniteMagnitude], [0, 1e308, 1.7e308], [normal * 0.01, normal * 0.1],
    ])
    func sweepsOfAnyGridAreLaidOut(_ grid: [Double]) {
        expectDrawable(SampleResults.sweep(grid: grid))
        var results = SampleResults.sweep(grid: grid)
        results.tolerance = .greatestFiniteMagnitude
        expectDrawable(results)
    }

    /// A script without a number that gnuplot cannot read, and without a trap on the way.
    private func expectDrawable(_ results: ExperimentResults) {
        for figure in FigureBuilder(Analysis(results)).all() {
            let script = GnuplotScript.text(figure.figure, format: .svg)
            let isBroken = script.split(separator: "\n").contains { line in
                !line.hasPrefix("set label")
                    && line.contains(/(?:^|[ :,\[(-])(?:inf|nan)(?:$|[ :,\])])/)
            }
            #expect(!isBroken, "\(figure.figure.name)")
        }
    }
}
