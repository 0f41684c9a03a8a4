package import Collapse
package import Compute
import Support
import Text

extension ImageNetworkSetting {
    enum Metric {
        static let testError = MetricDeclaration(
            "image.test_error", title: "test error", direction: .lowerIsBetter,
            help: "The share of held-out real images whose class is not their label.")
        static let testLoss = MetricDeclaration(
            "image.test_loss", title: "test loss", direction: .lowerIsBetter,
            help: "The mean loss of held-out real images, of the kind that training uses.")
        static let generatorError = MetricDeclaration(
            "image.generator_error", title: "generator's error", direction: .lowerIsBetter,
            help: "The test error of the base model: how often synthetic labels are wrong.")

        static let trainingLoss = MetricDeclaration(
            "fit.loss", title: "training loss", direction: .lowerIsBetter,
            help: "The mean loss of the training images, at the end of the fit.")

        static let all = [testError, testLoss, generatorError, trainingLoss]

        static let panels = [
            PanelDeclaration(section: "Error", title: "Test loss", metrics: [testLoss]),
            PanelDeclaration(
                section: "Trade-off", title: "Test error against the generator's error",
                metrics: [testError], against: generatorError),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<ImageNetworkSetting>,
        seedData: ImageData,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        func errors(_ labels: [UInt8], _ positions: [Int]) -> Double {
            let wrong = zip(labels, positions).filter { $0 != seedData.images.labels[$1] }.count
            return Double(wrong) / Double(positions.count)
        }
        let held = predictions(of: try subject.model(), for: seedData.heldOut, seedData: seedData)
        let generator = predictions(
            of: try baseModel(in: seedData, work: work), for: seedData.heldOut, seedData: seedData)
        return [
            Metric.testError.value(errors(held.labels, seedData.heldOut)),
            Metric.testLoss.value(held.losses.reduce(0, +) / Double(seedData.heldOut.count)),
            Metric.generatorError.value(errors(generator.labels, seedData.heldOut)),
        ]
    }
}
