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
                }, errors: rows.map { Summary($0.compactMap(\.self)).standardError })
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
            var exponents: [Double] = []
            var offsets: [Double] = []
            var differences: [Double] = []
            if complete.count > 2 {
                let key = RandomKey(seed: 0, purpose: .bootstrap)
                for resample in 0..<Self.resamples {
                    var stream = RandomStream(key.at(resample))
                    let seeds = complete.map { _ in complete[stream.below(complete.count)] }
                    guard let own = law(group, own, seeds) else { continue }
                    exponents.append(own.exponent)
                    offsets.append(sign * own.offset)
                    if let reference, let other = law(reference.group, reference.rows, seeds) {
                        differences.append(own.offset - other.offset)
                    }
                }
            }
            var shown = fitted
            shown.offset *= sign
            shown.scale *= sign
            return Curve(
                group: group,
                points: zip(group.points, own).map { point, row in
                    (sweep.grid[point.index], Summary(row.compactMap(\.self)))
                }, law: shown, exponent: Self.interval(exponents), offset: Self.interval(offsets),
                plateau: reference.flatMap { reference in
                    law(reference.group, reference.rows, complete).map {
                        (fitted.offset - $0.offset, Self.interval(differences))
                    }
                }, seeds: complete.count)
        }
        if curves.isEmpty { return nil }
    }

    private static func interval(_ values: [Double]) -> ClosedRange<Double>? {
        guard values.count > 2 else { return nil }
        let sorted = values.sorted()
        let tail = sorted.count / 40
        return sorted[tail]...sorted[sorted.count - 1 - tail]
    }
}
