package import Collapse
package import Compute
import Support

extension DiffusionSetting {
    enum Metric {
        static let frechetDistance = MetricDeclaration(
            "image.frechet_distance", title: "Frechet distance", direction: .lowerIsBetter,
            help: "Between images of the model and all real ones, in 32 features of a classifier.")
        static let precision = MetricDeclaration(
            "image.precision", title: "precision", direction: .higherIsBetter,
            help: "The share of the model's images that lie as near to a real one as its k-th real "
                + "neighbour does.")
        static let recall = MetricDeclaration(
            "image.recall", title: "recall", direction: .higherIsBetter,
            help: "The share of real images that lie as near to one of the model's as its k-th "
                + "neighbour among them does.")
        static let classAccuracy = MetricDeclaration(
            "image.class_accuracy", title: "class accuracy", direction: .higherIsBetter,
            help:
                "The share of the model's images that the classifier takes for the class asked for."
        )
        static let withinClassVariance = MetricDeclaration(
            "image.within_class_variance", title: "variance within classes", direction: .neither,
            help: "Of the model's images as a share of that of real ones, the mean over classes.")
        static let confidence = MetricDeclaration(
            "image.confidence", title: "probe confidence", direction: .neither,
            help:
                "The mean probability of the class asked for, by a probe on latents of real images "
                + "under generation 0's model.")
        static let overlap = MetricDeclaration(
            "image.ole", title: "overlap of class subspaces", direction: .lowerIsBetter,
            help:
                "OLE of the latents under generation 0's model, centred and each of length 1, over "
                + "the square root of their number: 0 where classes are orthogonal.")
        static let loss = MetricDeclaration(
            "fit.loss", title: "training loss", direction: .lowerIsBetter,
            help: "The mean square of the missed noise, over the last tenth of the steps.")

        static let reward = MetricDeclaration(
            "image.reward", title: "reward", direction: .higherIsBetter,
            help: "The mean reward of the model's images, where a policy is trained.")
        static let policyReward = MetricDeclaration(
            "fit.reward", title: "reward before the fit", direction: .higherIsBetter,
            help: "The mean reward of the images that the policy drew first.")
        static let clipped = MetricDeclaration(
            "fit.clipped", title: "clipped actions", direction: .neither,
            help: "The share of actions whose probability changed by more than the clip.")

        static let all = [
            frechetDistance, precision, recall, classAccuracy, withinClassVariance, confidence,
            overlap, reward, loss, policyReward, clipped,
        ]

        static let panels = [
            PanelDeclaration(
                section: "Quality", title: "Precision and class accuracy",
                metrics: [precision, classAccuracy]),
            PanelDeclaration(
                section: "Diversity", title: "Recall and variance within classes",
                metrics: [recall, withinClassVariance]),
            PanelDeclaration(
                section: "Latents", title: "What generation 0's model makes of the images",
                metrics: [confidence, overlap]),
            PanelDeclaration(
                section: "Trade-off", title: "Recall against precision", metrics: [recall],
                against: precision),
            PanelDeclaration(
                section: "Reward", title: "Distance from real images against reward",
                metrics: [frechetDistance], against: reward),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<DiffusionSetting>,
        seedData: DiffusionData, key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let labels = balancedLabels(self.evaluation.samples, seedData)
        let images = ImageExamples(
            pixels: sampler.images(
                from: try subject.model().parameters, of: denoiser(seedData), labels: labels,
                key: key,
                workers: work.workers), labels: labels)
        let found = seedData.imageJudge(neighbours: self.evaluation.neighbours).judge(images)
        let reference = try subject.reference()
        let (probe, own) = try probeAndLatents(of: images, under: reference, seedData, key, work)
        let sure = probe.confidence(of: own, labels: labels)
        let reward = reward(of: images, in: seedData).map { [Metric.reward.value($0)] } ?? []
        return [
            Metric.frechetDistance.value(found.frechetDistance),
            Metric.precision.value(found.precision), Metric.recall.value(found.recall),
            Metric.classAccuracy.value(found.classAccuracy),
            Metric.withinClassVariance.value(found.withinClassVariance),
            Metric.confidence.value(sure.reduce(0, +) / Double(sure.count)),
            Metric.overlap.value(SubspaceOverlap.centredUnit(own, labels: labels)),
        ] + reward
    }

    private func probeAndLatents(
        of images: ImageExamples, under reference: Model, _ seedData: DiffusionData,
        _ key: RandomKey, _ work: Workload
    ) throws -> (SoftmaxProbe, Matrix) {
        // The same noise in every generation, so that the probe is the same, too.
        var fixed = key
        fixed.generation = 0
        let probe = try seedData.probe(on: reference.parameters) {
            latents(of: seedData.initialImages, under: reference, seedData, fixed)
        }
        return (probe, latents(of: images, under: reference, seedData, key))
    }
}
