import Collapse

/// The map of distributions that an infinite sample follows: decoding, mixing and smoothing without
/// noise (Marchi et al. 2024 for temperatures: p_t = a p + (1 - a) p_{t-1}^(1/T) scaled to 1).
extension DiscreteSetting {
    func mapCurves(_ flow: DrawCounts, arm: ArmSpecification) -> [Prediction] {
        // Models that write their own contexts leave the true distribution of contexts.
        guard sampler.isIndependent else { return [] }
        let metrics: [DiscreteMetric] = [
            .excessCrossEntropy, .totalVariation, .entropy, .sumOfSquares,
        ]
        var curves = metrics.map { _ in [Double]() }
        var models: [DiscreteModel] = []
        var pool = scaled(source.distribution, to: flow.sizes[0])
        for t in flow.sizes.indices {
            if t > 0 {
                let parents = arm.parents(ofProvenance: t)?.map { models[$0] }
                let drawn = samples(of: parents)
                switch flow.kind {
                case .replace, .mixture:
                    let real = flow.real[t] / flow.sizes[t]
                    pool = zip(scaled(source.distribution, to: flow.sizes[t]), drawn).map {
                        real * $0 + (1 - real) * flow.sizes[t] * $1
                    }
                case .accumulate, .accumulateSubsample:
                    pool = zip(pool, drawn).map { $0 + flow.sizes[t] * $1 }
                case .other: return []
                }
            }
            let size = flow.kind == .accumulateSubsample ? flow.sizes[t] : pool.reduce(0, +)
            let whole = pool.reduce(0, +)
            let model = DiscreteModel(
                counts: pool.map { $0 * size / whole }, size: size, isWhole: false, lineage: .none)
            models.append(model)
            let measures = DiscreteMeasures(
                of: model, against: source, smoothing: smoothing,
                scoringSmoothing: scoringSmoothing, reference: nil,
                wanted: DiscreteMeasures.Wanted(of: metrics))
            for (index, metric) in metrics.enumerated() {
                curves[index].append(measures.value(of: metric, lineage: .none))
            }
        }
        return zip(metrics, curves).map { metric, values in
            Prediction(
                metric: metric.declaration, values: values, source: "Marchi et al. 2024",
                relation: .approximation,
                note: "the deterministic map of distributions, without the noise of samples")
        }
    }

    /// The expected counts of `size` draws from rows of a distribution.
    private func scaled(_ distribution: [Double], to size: Double) -> [Double] {
        distribution.indices.map {
            size * source.contextDistribution[$0 / source.vocabulary] * distribution[$0]
        }
    }

    /// The cells that models draw, as parts of 1; nil stands for the base model.
    private func samples(of models: [DiscreteModel]?) -> [Double] {
        guard let models else { return scaled(decoded(source.distribution), to: 1) }
        var sum = source.distribution.map { _ in 0.0 }
        for model in models {
            let distribution = distribution(of: model)
            let rows = stride(from: 0, to: source.distribution.count, by: source.vocabulary).flatMap
            {
                distribution.row(Array(model.counts[$0..<$0 + source.vocabulary]))
            }
            for (cell, value) in scaled(decoded(rows), to: 1).enumerated() {
                sum[cell] += value / Double(models.count)
            }
        }
        return sum
    }

    /// What the decoding rule makes of rows of a distribution.
    func decoded(_ rows: [Double]) -> [Double] {
        var rows = rows
        rows.withUnsafeMutableBufferPointer { all in
            for first in stride(from: 0, to: all.count, by: source.vocabulary) {
                let row = UnsafeMutableBufferPointer(
                    rebasing: all[first..<first + source.vocabulary])
                rule.apply(to: row)
                let total = row.reduce(0, +)
                for symbol in row.indices { row[symbol] /= total }
            }
        }
        return rows
    }
}
