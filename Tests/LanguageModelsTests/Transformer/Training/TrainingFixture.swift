import Foundation
import LanguageModels
import Testing

/// What PyTorch makes of training; `scripts/fixtures/transformer-training.py` says what each part
/// is.
struct TrainingFixture: Decodable {
    struct Run: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var settings: Settings
        var losses: [Double]
        var averaged: Double?

        var testDescription: String { name }
    }

    struct Settings: Decodable, Sendable {
        var family: String
        var optimizer: String
        var batchSize: Int
        var accumulation: Int
        var learningRate: Double
        var schedule: String
        var warmup: Double
        var final: Double
        var decay: Double
        var weightDecay: Double
        var beta1: Double
        var beta2: Double
        var momentum: Double
        var nesterov: Bool
        var clip: Double
        var smoothing: Double
        var z: Double
        var average: Double?
        var frozen: [String]
        var rank: Int?
        var alpha: Double?
        var targets: [String]?
        var shards: Int

        var configuration: TransformerTrainingConfiguration {
            TransformerTrainingConfiguration(
                batchSize: batchSize, accumulation: accumulation, learningRate: learningRate,
                schedule: LearningRateSchedule(
                    LearningRateSchedule.Shape(rawValue: schedule) ?? .cosine,
                    warmupFraction: warmup, finalFraction: final, decayFraction: decay),
                optimizer: optimizer == "sgd"
                    ? .sgd(momentum: momentum, isNesterov: nesterov, weightDecay: weightDecay)
                    : .adamW(beta1: beta1, beta2: beta2, weightDecay: weightDecay),
                gradientClip: clip, shards: shards,
                lossTerms: LossTerms(labelSmoothing: smoothing, zLoss: z), averageDecay: average,
                frozen: frozen,
                adapters: rank.map {
                    AdapterConfiguration(rank: $0, alpha: alpha ?? 1, targets: targets)
                })
        }
    }

    struct Schedule: Decodable, Sendable, CustomTestStringConvertible {
        var shape: String
        var warmup: Double
        var final: Double
        var decay: Double
        var factors: [Double]

        var testDescription: String { "\(shape) \(warmup) \(final) \(decay)" }
    }

    var steps: Int
    var seed: UInt64
    var index: Int
    var runs: [Run]
    var schedules: [Schedule]

    static func load() -> TrainingFixture? {
        let url = Bundle.module.bundleURL.appending(path: "Fixtures/Transformer/training.json")
        return (try? Data(contentsOf: url)).flatMap {
            try? JSONDecoder().decode(TrainingFixture.self, from: $0)
        }
    }

    static let runs = load()?.runs ?? []
    static let schedules = load()?.schedules ?? []
}
