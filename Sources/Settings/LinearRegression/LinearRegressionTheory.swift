package import Collapse

extension LinearRegressionSetting {
    /// Expected test errors of the chain and of the downstream fit under every workflow that has a
    /// formula.
    ///
    /// Each curve is the error of ``ChainForecast``'s moments: exact for least squares on Gaussian
    /// inputs, the limit of many dimensions for ridges. Where no formula reaches, values are
    /// undefined and the note says why.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        let forecast = ChainForecast(arm: plan.arm, task: task)
        let steps = (0...plan.generations).map(forecast.step)
        var curves = [
            prediction(
                Metric.testError, of: steps.map(\.model), in: forecast,
                source: source(of: plan.dataFlow))
        ]
        if let downstream = task.downstream {
            let last = steps.indices.map { t in
                forecast.labeller(of: t).map {
                    forecast.recursion.fitting(
                        $0, examples: Double(downstream.size), penalty: steps[t].downstreamPenalty,
                        noise: downstream.noise)
                }
            }
            curves.append(
                prediction(
                    Metric.downstreamError, of: last, in: forecast,
                    source: "Dohmatob et al. 2024, Model Collapse Demystified"))
        }
        return curves
    }

    private func source(of flow: DataFlow) -> String {
        if task.learner != .leastSquares {
            return "Dohmatob et al. 2024, Model Collapse Demystified, applied in each generation"
        }
        switch flow {
        case .replace: return "Dohmatob et al. 2024, Model Collapse Demystified"
        case .accumulate:
            return task.design == .same
                ? "Gerstgrasser et al. 2024, Theorem 2" : "w_t = w_(t-1) + A_t^+ X_t^T noise"
        case .accumulateSubsample: return "two-moment recursion of pool and subsample"
        default: return "Dohmatob et al. 2024, Strong Model Collapse, Theorem 1"
        }
    }

    private func prediction(
        _ metric: MetricDeclaration, of models: [ErrorRecursion.Moments?],
        in forecast: ChainForecast,
        source: String
    ) -> Prediction {
        let values = models.map { $0.map(forecast.recursion.error) ?? .nan }
        let isExact = models.allSatisfy { $0?.isExact ?? true }
        var notes: [String] = []
        if !isExact {
            notes.append(
                task.learner == .leastSquares && metric == Metric.testError
                    ? "holds for many examples per dimension"
                    : "holds in the limit of many dimensions")
        }
        if values.contains(.infinity) {
            notes.append(
                "no finite mean: with d - 1, d or d + 1 examples for d = \(task.dimension) "
                    + "the smallest singular value may be next to nothing")
        }
        if values.contains(where: \.isNaN), let limit = forecast.limit { notes.append(limit) }
        return Prediction(
            metric: metric, values: values, source: source,
            relation: isExact ? .expectation : .approximation,
            note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
}
