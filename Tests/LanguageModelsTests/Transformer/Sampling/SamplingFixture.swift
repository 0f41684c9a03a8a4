import Foundation
import LanguageModels
import Testing

/// What transformers makes of logits and prompts; `scripts/fixtures/transformer-training.py` says
/// what each part is.
struct SamplingFixture: Decodable {
    struct Rule: Decodable, Sendable {
        struct Settings: Decodable, Sendable {
            var repetitionPenalty: Double?
            var temperature: Double?
            var topK: Int?
            var topP: Double?
            var minP: Double?
            var typical: Double?
        }

        var settings: Settings
        var logits: [Float]
        var history: [UInt32]
        /// nil for minus infinity.
        var scores: [Float?]

        var rule: SamplingRule {
            SamplingRule.with(
                temperature: settings.temperature ?? 1, topK: settings.topK, topP: settings.topP,
                minP: settings.minP, typical: settings.typical,
                repetitionPenalty: settings.repetitionPenalty ?? 1)
        }
    }

    struct Beams: Decodable, Sendable, CustomTestStringConvertible {
        struct Settings: Decodable, Sendable {
            var beams: Int
            var lengthPenalty: Double
            var earlyStopping: String
            var repetitionPenalty: Double
            var minimum: Int
        }

        var family: String
        var boundary: UInt32
        var prompt: [UInt32]
        var settings: Settings
        var tokens: [UInt32]

        var testDescription: String { "\(family) \(boundary) \(prompt) \(settings)" }
    }

    var rules: [Rule]
    var beams: [Beams]

    static func load() -> SamplingFixture? {
        let url = Bundle.module.bundleURL.appending(path: "Fixtures/Transformer/sampling.json")
        return (try? Data(contentsOf: url)).flatMap {
            try? JSONDecoder().decode(SamplingFixture.self, from: $0)
        }
    }

    static let beams = load()?.beams ?? []
    static let rules = load()?.rules ?? []
}
