package import Collapse
import Compute
import Support

/// Power laws of the headline metric in the size of the data, for each curve of a sweep of sizes.
package struct ScalingFits: Sendable {
    package struct Curve: Sendable {
        var group: Sweep.Group
        /// The mean over seeds at each size.
        var points: [(size: Double, summary: Summary)]
        package var law: PowerLaw
        /// 95 % intervals over seeds; nil below three.
        var exponent: ClosedRange<Double>?
        var offset: ClosedRange<Double>?
        /// By how much the offset lies above that of the controls, with its interval; nil for the
        /// controls themselves and where there are none.
        package var plateau: (difference: Double, interval: ClosedRange<Double>?)?
        var seeds: Int
    }

    /// The sweep with the size as its axis, whatever else is swept.
    let sweep: Sweep
    package let curves: [Curve]

    static let resamples = 1_000

    package init?(_ analysis: Analysis) {
        let results = analysis.results
        guard let sweep = Sweep(results.arms, key: ArmKeys.sampleSize.name),
            sweep.grid.count >= PowerLaw.leastSizes, (sweep.grid.first ?? 0) > 0
        else { return nil }
        self.sweep = sweep
        // A risk that is compared by ratios has 0 below it.
        let hasZero = results.setting.definitions.contains {
            $0.definition == .populationRisk && $0.metric == analysis.headline.name && $0.isRatio
        }
        // A metric of which more is better falls when it is turned over.
        let sign: Double = analysis.headline.direction == .higherIsBetter ? -1 : 1
        func rows(_ group: Sweep.Group) -> [[Double?]] {
            group.points.map { point in
                results.seeds.map { seed in
                    results.metrics.value(
                        arm: results.arms[point.arm].name, seed: seed,
                        generation: analysis.lastGeneration, metric: analysis.headline.name)
                }
            }
        }
        /// The means over some seeds, of which one may occur several times.
        func law(_ group: Sweep.Group, _ rows: [[Double?]], _ seeds: [Int]) -> PowerLaw? {
            PowerLaw(
                sizes: group.points.map { sweep.grid[$0.index] },
                values: rows.map { row in
                    sign * seeds.reduce(0) { $0 + (row[$1] ?? .nan) } / Double(seeds.count)
                }, errors: rows.map { Summary($0.compactMap(\.self)).standardError },
                leastOffset: hasZero ? 0 : -.infinity)
        }
        let controls = sweep.groups.first { group in
            group.points.count >= PowerLaw.leastSizes
                && group.points.allSatisfy { analysis.reference(of: $0.arm) == .itself }
        }
        let controlRows = controls.map(rows)
        curves = sweep.groups.compactMap { group in
            let own = rows(group)
            let complete = results.seeds.indices.filter { seed in
                own.allSatisfy { $0[seed] != nil }
                    && (controlRows?.allSatisfy { $0[seed] != nil } ?? true)
            }
            guard !complete.isEmpty, let fitted = law(group, own, complete) else { return nil }
            let reference = controls.flatMap { controls in
                controls.points == group.points
                    ? nil : controlRows.map { (group: controls, rows: $0) }
            }
            /// Exponent, offset and offset above the controls' of some seeds.
            func constants(_ seeds: [Int]) -> [Double]? {
                guard let own = law(group, own, seeds) else { return nil }
                let other = reference.flatMap { law($0.group, $0.rows, seeds) }
                return [own.exponent, sign * own.offset, own.offset - (other?.offset ?? 0)]
            }
            let intervals = Self.intervals(of: complete, constants)
            var shown = fitted
            shown.offset *= sign
            shown.scale *= sign
            return Curve(
                group: group,
                points: zip(group.points, own).map { point, row in
                    (sweep.grid[point.index], Summary(row.compactMap(\.self)))
                }, law: shown, exponent: intervals?[0], offset: intervals?[1],
                plateau: reference.flatMap { reference in
                    law(reference.group, reference.rows, complete).map {
                        (fitted.offset - $0.offset, intervals?[2])
                    }
                }, seeds: complete.count)
        }
        if curves.isEmpty { return nil }
    }

    /// The fewest seeds that are resampled; of three to nine the intervals are Student's.
    static let leastResampled = 10

    /// 95 % intervals of constants over seeds: percentiles of the bootstrap, or of few seeds Student's
    /// interval of the jackknife's pseudo-values (Tukey 1958).
    private static func intervals(
        of seeds: [Int], _ constants: ([Int]) -> [Double]?
    ) -> [ClosedRange<Double>]? {
        guard seeds.count > 2, let whole = constants(seeds) else { return nil }
        guard seeds.count >= leastResampled else {
            let left = seeds.indices.compactMap { index in
                constants(seeds.enumerated().filter { $0.offset != index }.map(\.element))
            }
            guard left.count == seeds.count else { return nil }
            let count = Double(seeds.count)
            return whole.indices.map { index in
                let values = left.map { count * whole[index] - (count - 1) * $0[index] }
                let half = Summary(values).halfWidth()
                return whole[index] - half...whole[index] + half
            }
        }
        let key = RandomKey(seed: 0, purpose: .bootstrap)
        let drawn = (0..<resamples).compactMap { resample -> [Double]? in
            var stream = RandomStream(key.at(resample))
            return constants(seeds.map { _ in seeds[stream.below(seeds.count)] })
        }
        guard drawn.count > 2 else { return nil }
        let tail = drawn.count / 40
        return whole.indices.map { index in
            let sorted = drawn.map { $0[index] }.sorted()
            return sorted[tail]...sorted[sorted.count - 1 - tail]
        }
    }
}
