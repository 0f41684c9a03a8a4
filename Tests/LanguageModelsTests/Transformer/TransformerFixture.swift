import Compute
import Foundation
import LanguageModels
import Text

/// What PyTorch computed; `scripts/fixtures/transformer.py` says what each part is.
struct TransformerFixture: Decodable {
    var tokens: [Int32]
    var targets: [Int32]
    var coefficients: [Float]
    var logits: [Float]
    var nats: [Double]
    var loss: Double
    var halfNats: [String: [Double]]
    var maskedTokens: [Int32]
    var maskedNats: [Double]
    var restartingNats: [Double]
    var boundary: UInt32
    var documents: [[UInt32]]
    var weights: [Double]
    var context: Int
    var stride: Int
    var scores: [Double]
    var greedy: [UInt32]
    var training: Training
    var steps: Int
    var seed: UInt64
    var index: Int
    var losses: [Double]

    /// Settings of a fit.
    struct Training: Decodable {
        var batchSize: Int
        var learningRate: Double
        var warmupFraction: Double
        var finalLearningRateFraction: Double
        var weightDecay: Double
        var beta1: Double
        var beta2: Double
        var epsilon: Double
        var gradientClip: Double
        var shards: Int
        var dropout: Double

        var configuration: TransformerTrainingConfiguration {
            TransformerTrainingConfiguration(
                batchSize: batchSize, learningRate: learningRate,
                schedule: LearningRateSchedule(
                    warmupFraction: warmupFraction, finalFraction: finalLearningRateFraction),
                optimizer: .adamW(
                    beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay),
                gradientClip: gradientClip, shards: shards, dropout: dropout)
        }
    }

    static let names = ["gpt2", "llama", "llama-tied"]

    static func folder(_ name: String) -> URL {
        Bundle.module.bundleURL.appending(path: "Fixtures/Transformer").appending(path: name)
    }

    static func load(_ name: String = "gpt2") throws -> TransformerFixture {
        try JSONDecoder().decode(
            TransformerFixture.self,
            from: Data(contentsOf: folder(name).appending(path: "reference.json")))
    }

    /// The files of `model`, `gradient`, `float16` or `bfloat16`.
    static func files(
        _ name: String = "gpt2", _ part: String = "model"
    ) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for file in ["config.json", "model.safetensors"] {
            files[file] = [UInt8](
                try Data(contentsOf: folder(name).appending(path: part).appending(path: file)))
        }
        return files
    }

    static func model(_ name: String = "gpt2", _ part: String = "model") throws -> TransformerModel
    {
        try TransformerFiles.read(files(name, part))
    }

    var dataset: TokenDataset {
        var dataset = TokenDataset()
        for document in documents { dataset.append(document: document) }
        return dataset
    }
}

/// Small models and texts that tests share.
enum Toy {
    static let boundary: UInt32 = 0

    /// Documents in which each token nearly determines the next.
    static func documents(
        _ count: Int, vocabulary: Int = 23, seed: UInt64 = 5, length: Int = 30
    ) -> TokenDataset {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        var dataset = TokenDataset()
        for _ in 0..<count {
            var token = 1 + random.below(vocabulary - 1)
            var document: [UInt32] = []
            for _ in 0..<1 + random.below(2 * length) {
                document.append(UInt32(token))
                token = 1 + (3 * token + random.below(3)) % (vocabulary - 1)
            }
            dataset.append(document: document)
        }
        return dataset
    }

    static func model(
        _ family: TransformerFamily = .gpt2, layers: Int = 2, heads: Int = 2,
        keyValueHeads: Int? = nil, width: Int = 32, contextLength: Int = 16,
        vocabulary: Int = 23, seed: UInt64 = 1
    ) throws -> TransformerModel {
        try TransformerModel.initial(
            TransformerConfiguration(
                family: family, layers: layers, heads: heads, keyValueHeads: keyValueHeads,
                width: width, contextLength: contextLength, vocabularyCount: vocabulary),
            key: RandomKey(seed: seed, purpose: .initialise))
    }

    static let key = RandomKey(seed: 11, purpose: .shuffle)

    /// The logits after each token of one sequence, by a full forward pass.
    static func logits(
        _ model: TransformerModel, _ tokens: [UInt32], precision: Precision = .float32
    ) -> [[Float]] {
        let engine = SliceEngine<Float>(
            configuration: model.configuration, sequences: 1, length: tokens.count,
            purpose: .inference, precision: precision)
        for (row, token) in tokens.enumerated() { engine.tokens[row] = Int32(token) }
        engine.forward(parameters: model.parameters.base, sequences: 1, length: tokens.count)
        let flat = engine.logits(parameters: model.parameters.base, rows: 0..<tokens.count)
        let vocabulary = model.configuration.vocabularyCount
        return (0..<tokens.count).map { Array(flat[$0 * vocabulary..<($0 + 1) * vocabulary]) }
    }

    static func softmax(_ logits: [Float]) -> [Double] {
        let top = logits.max() ?? 0
        let weights = logits.map { Elementary.exp(Double($0 - top)) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// A model that has learned something of ``documents(_:vocabulary:seed:length:)``.
    static func trained(
        _ family: TransformerFamily = .gpt2, heads: Int = 2, keyValueHeads: Int? = nil,
        steps: Int = 60
    ) throws -> TransformerModel {
        let trainer = try TransformerTrainer(
            from: try model(family, heads: heads, keyValueHeads: keyValueHeads),
            on: TokenStream(documents(60), boundary: boundary),
            configuration: TransformerTrainingConfiguration(batchSize: 8, learningRate: 1e-2),
            steps: steps, key: key, pool: WorkerPool(count: 1))
        try trainer.run()
        return trainer.model()
    }
}
