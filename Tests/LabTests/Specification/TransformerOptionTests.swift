import Collapse
import Foundation
import Lab
import LanguageModels
import Settings
import Support
import Testing

/// What an experiment file can say of a transformer, down to what is trained.
@Suite struct TransformerOptionTests {
    /// The project's own presets.
    private static let models = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../models").standardized

    private static let presetNames: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: models.path)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()

    private static let presets = PresetLibrary(
        names: { _ in presetNames },
        file: { _, name in
            (try? String(contentsOf: models.appending(path: name + ".yaml"), encoding: .utf8)).map {
                PresetLibrary.File(path: "models/\(name).yaml", text: $0)
            }
        })

    /// The `model` of an experiment about nothing else.
    private func model(_ text: String) throws -> SpecificationValue {
        let experiment = try ExperimentFile.load(
            text: """
                setting: language
                sample-size: 1000
                generations: 1
                workflow: replace
                model: \(text)
                """, path: "e.yaml", settings: [LanguageSetting.declaration],
            presets: Self.presets)
        return try #require(experiment.arms[0].values["model"])
    }

    private func training(_ text: String) throws -> TransformerTrainingConfiguration {
        try TransformerSpecification(model("{kind: transformer, training: {\(text)}}")).training
    }

    @Test func presetsAreThere() {
        #expect(["gpt2", "nano", "nano-llama", "pico"].allSatisfy(Self.presetNames.contains))
    }

    @Test(arguments: presetNames)
    func everyPresetIsAModel(name: String) throws {
        let values = try model(name)
        guard values["kind"]?.textValue == "transformer" else { return }
        let specification = try TransformerSpecification(values)
        #expect(specification.shape.family == (name == "nano-llama" ? .llama : .gpt2))
    }

    @Test func optionsReachTheTraining() throws {
        #expect(
            try training(
                """
                optimizer: sgd, momentum: 0.5, nesterov: true, weight-decay: 0.25, batch-size: 2,
                accumulation: 3, learning-rate: 0.125, schedule: warmup-stable-decay,
                warmup-fraction: 0.25, final-learning-rate-fraction: 0.5, decay-fraction: 0.375,
                gradient-clip: 2, shards: 2, dropout: 0.5, attention: document,
                label-smoothing: 0.25, z-loss: 0.5, average-decay: 0.75,
                adapters: {rank: 2, alpha: 4, targets: [c_fc]},
                early-stopping: {interval: 5, patience: 2, minimum-improvement: 0.5}
                """)
                == TransformerTrainingConfiguration(
                    batchSize: 2, accumulation: 3, learningRate: 0.125,
                    schedule: LearningRateSchedule(
                        .warmupStableDecay, warmupFraction: 0.25, finalFraction: 0.5,
                        decayFraction: 0.375),
                    optimizer: .sgd(momentum: 0.5, isNesterov: true, weightDecay: 0.25),
                    gradientClip: 2, shards: 2, dropout: 0.5, attention: .document,
                    lossTerms: LossTerms(labelSmoothing: 0.25, zLoss: 0.5), averageDecay: 0.75,
                    adapters: AdapterConfiguration(rank: 2, alpha: 4, targets: ["c_fc"]),
                    earlyStopping: EarlyStopping(
                        interval: 5, patience: 2, minimumImprovement: 0.5)))
        #expect(try training("frozen: [wte, h.0]").frozen == ["wte", "h.0"])
    }

    @Test(arguments: [
        ("{kind: transformer, training: {schedule: wsd}}", "warmup-stable-decay"),
        ("{kind: transformer, training: {optimizer: adam}}", "adamw"),
        ("{kind: transformer, training: {label-smoothing: 2}}", "label-smoothing"),
        ("{kind: transformer, training: {adapters: {rang: 2}}}", "rank"),
        (
            "{kind: transformer, training: {optimizer: sgd, momentum: 0, nesterov: true}}",
            "momentum"
        ),
        (
            "{kind: transformer, training: {frozen: [wte], adapters: {rank: 2}}}",
            "leave one of them out"
        ),
        ("{kind: transformer, rope-theta: 500}", "family: llama"),
        ("{kind: transformer, family: llama, heads: 4, key-value-heads: 3}", "evenly"),
        ("{kind: transformer, decoding: {batch-width: 2, groups: 4}}", "groups 4"),
    ])
    func mistakesAreExplained(text: String, words: String) {
        let error = #expect(throws: (any Error).self) {
            _ = try TransformerSpecification(model(text))
        }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(words), "\(message)")
    }
}
