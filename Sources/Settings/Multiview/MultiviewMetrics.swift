package import Collapse
package import Compute
import Support

extension MultiviewSetting {
    enum Metric {
        static let score = MetricDeclaration(
            "multiview.score", title: "downstream score", direction: .higherIsBetter,
            help: "Of a ridge regression on all views' representations of test rows, "
                + "cross-validated: R^2, the mean over tasks, or accuracy where rows have classes.")
        static let linearScore = MetricDeclaration(
            "multiview.linear_cca_score", title: "linear CCA's downstream score",
            direction: .higherIsBetter,
            help:
                "The same on the components of linear CCA, fitted to the training rows: a constant."
        )
        static let concatenationScore = MetricDeclaration(
            "multiview.concatenation_score", title: "concatenation's downstream score",
            direction: .higherIsBetter,
            help: "The same on the views themselves, one beside the other: a constant.")
        static let trainCorrelation = MetricDeclaration(
            "multiview.train_correlation", title: "training correlation", direction: .neither,
            help: "The sum of the canonical correlations of the representations of training rows, "
                + "over all pairs of views.")
        static let testCorrelation = MetricDeclaration(
            "multiview.test_correlation", title: "test correlation", direction: .higherIsBetter,
            help: "The same of test rows.")
        static let noiseGap = MetricDeclaration(
            "multiview.noise_gap", title: "noise gap", direction: .lowerIsBetter,
            help:
                "zeta = |Corr(f(X), f(A)) - Corr(X, A)| on test rows and noise A, the same in all "
                + "generations; the sum over views.")
        static let reconstruction = MetricDeclaration(
            "multiview.reconstruction", title: "linear reconstruction",
            direction: .higherIsBetter,
            help: "R^2 of a view from a linear function of its representation, fitted to training "
                + "rows and measured on test rows; the mean over views.")
        static let effectiveRank = MetricDeclaration(
            "multiview.effective_rank", title: "effective rank", direction: .neither,
            help:
                "The exponential of the entropy of the eigenvalues of a representation's covariance "
                + "on test rows; the mean over views.")
        static let eigenvalueSum = MetricDeclaration(
            "multiview.nesum", title: "NESum", direction: .neither,
            help: "The sum of the eigenvalues of W^T W over the largest and their number; the mean "
                + "over layers and views.")
        static let loss = MetricDeclaration(
            "fit.loss", title: "training loss", direction: .lowerIsBetter,
            help: "Before the last step: minus the correlations, plus alpha times the noise gaps.")
        static let epochs = MetricDeclaration(
            "fit.epochs", title: "epochs", direction: .neither,
            help: "Epochs of training that the model has behind it.")

        static let all = [
            score, linearScore, concatenationScore, trainCorrelation, testCorrelation, noiseGap,
            reconstruction, effectiveRank, eigenvalueSum, loss, epochs,
        ]

        static let panels = [
            PanelDeclaration(
                section: "Representation", title: "What is left of the views",
                metrics: [reconstruction, effectiveRank]),
            PanelDeclaration(
                section: "Correlation", title: "Of training rows and of test rows",
                metrics: [trainCorrelation, testCorrelation]),
            PanelDeclaration(
                section: "Weights and noise", title: "Noise gap and NESum",
                metrics: [noiseGap, eigenvalueSum]),
            PanelDeclaration(
                section: "Without networks", title: "The same score of linear CCA and of the views",
                metrics: [linearScore, concatenationScore]),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<MultiviewSetting>,
        seedData: MultiviewData, key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let model = try subject.model()
        let (train, test) = (seedData.initialViews, seedData.source.testViews)
        let encodedTrain = encoders.representations(of: train, under: model.parameters)
        let encodedTest = encoders.representations(of: test, under: model.parameters)
        let baselines = seedData.baselines(.init(ridge: training.ridge, folds: score.folds))
        func mean(_ value: (Int) -> Double) -> Double {
            test.indices.reduce(0) { $0 + value($1) } / Double(test.count)
        }
        let weights = test.indices.map { encoders.weights(ofView: $0, in: model.parameters) }
        return [
            Metric.score.value(score(of: .columns(of: encodedTest), on: seedData.source.targets)),
            Metric.linearScore.value(baselines.linearCCA),
            Metric.concatenationScore.value(baselines.concatenation),
            Metric.trainCorrelation.value(correlation(of: encodedTrain)),
            Metric.testCorrelation.value(correlation(of: encodedTest)),
            Metric.noiseGap.value(noiseGap(of: model, test, encodedTest, seedData)),
            Metric.reconstruction.value(
                mean {
                    RepresentationMeasures.reconstruction(
                        of: (train[$0], test[$0]), from: (encodedTrain[$0], encodedTest[$0]))
                }),
            Metric.effectiveRank.value(
                mean { RepresentationMeasures.effectiveRank(of: encodedTest[$0]) }),
            Metric.eigenvalueSum.value(
                mean { view in
                    weights[view].reduce(0) {
                        $0 + RepresentationMeasures.normalisedEigenvalueSum(of: $1)
                    } / Double(weights[view].count)
                }),
        ]
    }

    /// The sum over pairs of views; undefined where a covariance is singular.
    private func correlation(of views: [Matrix]) -> Double {
        let whitened = views.compactMap { WhitenedView($0, ridge: training.ridge) }
        guard whitened.count == views.count else { return .nan }
        var sum = 0.0
        for i in whitened.indices {
            for j in whitened.indices.dropFirst(i + 1) {
                sum += CanonicalCorrelation(whitened[i], whitened[j])?.sum ?? .nan
            }
        }
        return sum
    }

    private func noiseGap(
        of model: EncoderModel, _ views: [Matrix], _ encoded: [Matrix], _ seedData: MultiviewData
    ) -> Double {
        // Beside the noise of training, which has the lower indices.
        let key = seedData.key.with(purpose: .noise)
        let noise = views.enumerated().map { index, view in
            training.noise.draws(
                rows: view.rows, columns: view.columns, from: key.at(1 << 40 + index))
        }
        let encodedNoise = encoders.representations(of: noise, under: model.parameters)
        return views.indices.reduce(0) { sum, index in
            guard let view = WhitenedView(views[index], ridge: training.ridge),
                let own = WhitenedView(encoded[index], ridge: training.ridge),
                let gap = NoiseGap(
                    view: view, noise: noise[index], encodedView: own,
                    encodedNoise: encodedNoise[index], ridge: training.ridge)
            else { return .nan }
            return sum + gap.value
        }
    }
}
