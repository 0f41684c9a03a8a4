import Collapse

/// The curves of a sweep.
extension FigureBuilder {
    /// The colour of each curve of a sweep: along a scale where the curves are those of a second swept
    /// number, apart where they are not.
    static func colours(of groups: [Sweep.Group]) -> [Colour] {
        let values = groups.compactMap(\.value)
        guard values.count == groups.count, Set(values).count == values.count, values.count > 1
        else { return groups.indices.map(Palette.category) }
        return values.map { value in
            Palette.ordered(values.count { $0 < value }, of: values.count)
        }
    }

    /// A metric at the last generation against the swept key: a curve for each group, a level for
    /// each arm outside.
    func sweepSeries(_ metric: String) -> [Series] {
        guard let sweep = analysis.sweep else { return [] }
        let results = analysis.results
        func summary(_ arm: Int) -> Summary? {
            let values = results.metrics.values(
                arm: results.arms[arm].name, generation: generations, metric: metric,
                seeds: results.seeds)
            return values.isEmpty ? nil : Summary(values)
        }
        let colours = Self.colours(of: sweep.groups)
        let curves = sweep.groups.enumerated().map { number, group in
            Series(
                name: group.label.isEmpty ? "sweep" : group.label,
                colour: colours[number], shape: Palette.shape(number),
                points: group.points.compactMap { point in
                    summary(point.arm).map { (x: sweep.positions[point.index], summary: $0) }
                }, predictions: predictions(of: metric, along: group, in: sweep))
        }
        let levels = sweep.references.enumerated().compactMap { number, arm in
            summary(arm).map { value in
                Series(
                    name: results.arms[arm].name,
                    colour: Palette.level(number, besides: sweep.groups.count),
                    shape: .circle, points: [(x: 0, summary: value)], isLevel: true)
            }
        }
        return (levels + curves).filter { !$0.points.isEmpty }
    }

    /// What theory predicts of the last generation along a curve of a sweep. Arms may have several
    /// predictions of a metric, such as a value and a bound: the k-th of each arm makes the k-th
    /// curve.
    private func predictions(
        of metric: String, along group: Sweep.Group, in sweep: Sweep
    ) -> [PredictedCurve] {
        var curves: [PredictedCurve] = []
        for point in group.points {
            let own = analysis.results.arms[point.arm].predictions.filter { $0.metric == metric }
            for (number, prediction) in own.enumerated() where generations < prediction.values.count
            {
                if number == curves.count {
                    curves.append(
                        PredictedCurve(
                            points: [], kind: prediction.relation.isBound ? .bound : .theory))
                }
                curves[number].points.append(
                    (sweep.positions[point.index], prediction.values[generations]))
            }
        }
        return curves
    }
}
