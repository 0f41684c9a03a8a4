package import Collapse
import Compute

extension DiscreteSetting {
    /// The curves of an arm that samples from its models as they are and fits by relative
    /// frequencies come from exact second moments (``RelativeVariances``); those of other arms from
    /// the deterministic map of distributions that a large sample follows. No curve is promised
    /// under curation.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        let arm = plan.arm
        guard arm.curation.isEmpty, let flow = DrawCounts(plan) else { return [] }
        var curves: [Prediction]
        if rule.isPlain, smoothing == .none, arm.sampleFrom == .previous {
            curves = momentCurves(flow) + tailCurves(flow)
        } else {
            curves = mapCurves(flow, arm: arm)
            if arm.sampleFrom == .base { curves += tailsOfBase(flow) }
        }
        // What the base model draws descends from no generation.
        if flow.kind != .accumulateSubsample, arm.sampleFrom == .previous {
            curves.append(effectiveSample(flow))
        }
        let recorded = Set(declarations.map(\.name))
        return curves.filter { recorded.contains($0.metric) }
    }

    /// The sum of n_i a_i^2 (Kanabar and Gastpar 2026: the minimax squared error is of the order of
    /// its inverse when nobody knows which data are real).
    private func effectiveSample(_ flow: DrawCounts) -> Prediction {
        var total = 0.0
        return Prediction(
            metric: DiscreteMetric.effectiveSample.declaration,
            values: flow.sizes.indices.map { t in
                let size = flow.kind == .accumulate ? flow.totals[t] : flow.sizes[t]
                // Data that are all real descend from no generation before.
                if flow.real[t] == size { total = 0 }
                total += flow.real[t] * flow.real[t] / size
                return total
            }, source: "Kanabar and Gastpar 2026")
    }

    // MARK: Second moments

    /// Sums over contexts of what one recursion predicts.
    private func momentCurves(_ flow: DrawCounts) -> [Prediction] {
        let generations = flow.sizes.indices
        var squaredError = generations.map { _ in 0.0 }
        var chiSquared = squaredError
        var squares = squaredError
        var variation = squaredError
        var drift = squaredError
        var lost = squaredError
        for context in 0..<source.contexts where source.contextDistribution[context] > 0 {
            let weight = source.contextDistribution[context]
            guard let variances = RelativeVariances(flow, share: weight) else { return [] }
            let row = source.row(context).filter { $0 > 0 }
            let norm = row.reduce(0) { $0 + $1 * $1 }
            // E|x| of a normal x is its deviation times sqrt(2/pi).
            let spread =
                row.reduce(0) { $0 + ($1 * (1 - $1)).squareRoot() } * (2 / Double.pi).squareRoot()
            for t in generations {
                let rho = variances.model[t]
                squaredError[t] += weight * (1 - norm) * rho
                squares[t] += weight * (norm + (1 - norm) * rho)
                chiSquared[t] += weight * Double(row.count - 1) * rho
                variation[t] += weight * spread * rho.squareRoot() / 2
                let moved = max(rho + variances.model[0] - 2 * variances.withStart[t], 0)
                drift[t] += weight * spread * moved.squareRoot()
            }
            // Symbols that a sample as good as the model lacks.
            for t in generations where lost[t] < 1 {
                lost[t] += row.reduce(0) { $0 + Elementary.exp(-$1 / variances.model[t]) }
            }
        }
        // A context that the data lack is followed by symbols that the truth may not allow there.
        let unseenContexts = source.contextDistribution.reduce(0) {
            $1 > 0 && $1 < 1 ? $0 + Elementary.exp(-flow.sizes[0] * $1) : $0
        }
        if unseenContexts > 0.5, source.distribution.contains(0) {
            chiSquared = chiSquared.map { _ in .infinity }
        }
        let isExact = source.order == 0
        let relation: Prediction.Relation = isExact ? .expectation : .approximation
        let note =
            isExact
            ? nil
            : "each context by itself with its expected number of draws, all of them large; chi-squared "
                + "is infinite where contexts stay unseen whose next symbols the truth limits"
        let bakshi = "Bakshi and Chakraborty 2026; Seddik et al. 2024, Theorems 1 and 2"
        func curve(
            _ metric: DiscreteMetric, _ values: [Double], _ source: String,
            _ relation: Prediction.Relation, _ note: String?
        ) -> Prediction {
            Prediction(
                metric: metric.declaration, values: values, source: source, relation: relation,
                note: note)
        }
        let isLost = lost.map { $0 > 0.5 }
        return [
            curve(.squaredError, squaredError, bakshi, relation, note),
            curve(.chiSquared, chiSquared, bakshi, relation, note),
            curve(.sumOfSquares, squares, bakshi, relation, note),
            curve(
                .excessCrossEntropy,
                zip(chiSquared, isLost).map {
                    $1 || $0 == .infinity ? (scoringSmoothing > 0 ? .nan : .infinity) : $0 / 2
                }, "half the chi-squared distance", .approximation,
                "while every symbol has many draws; "
                    + (scoringSmoothing > 0
                        ? "not predicted where symbols get lost"
                        : "infinite where symbols get lost")),
            curve(
                .totalVariation, zip(variation, isLost).map { $1 ? .nan : $0 },
                "normal deviations of the exact variance", .approximation,
                "while every symbol has many draws; not predicted where symbols get lost"),
            curve(
                .drift, zip(drift, isLost).map { $1 ? .nan : $0 },
                "normal deviations of the exact variance", .approximation,
                "while every symbol has many draws; not predicted where symbols get lost"),
        ]
    }
}
