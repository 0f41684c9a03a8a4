import Collapse
import Compute
package import LanguageModels
package import Support

/// A transformer as a specification or a preset describes it.
package struct TransformerSpecification: Sendable {
    /// The model's shape, but for the vocabulary, which is the tokenizer's.
    package let shape: TransformerConfiguration
    package let initialisation: Initialisation
    package let training: TransformerTrainingConfiguration
    package let decoding: TransformerSamplingConfiguration

    /// The specification's words for optimizers.
    enum Optimizer: String, CaseIterable {
        case adamw, sgd
    }

    /// Reads the resolved ``keys``.
    ///
    /// - Throws: What they cannot say together.
    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        shape = try Self.shape(values)
        initialisation = values.required("training").word("initialisation", or: .gpt2)
        let precision: Precision = values.word("precision", or: .float32)
        let training = Self.training(values.required("training"), precision)
        let decoding = TransformerSamplingConfiguration(
            batchWidth: values.required("decoding", "batch-width").integerValue,
            groups: values.required("decoding").given("groups")?.integerValue,
            precision: precision)
        do {
            try training.validate()
        } catch {
            throw SpecificationIssue(path: ["training"], message: "\(error)")
        }
        do {
            try decoding.validate()
        } catch {
            throw SpecificationIssue(path: ["decoding"], message: "\(error)")
        }
        self.training = training
        self.decoding = decoding
    }

    private static func shape(
        _ values: SpecificationValue
    ) throws(SpecificationIssue) -> TransformerConfiguration {
        let (heads, width) = (
            values.required("heads").integerValue, values.required("width").integerValue
        )
        guard width % heads == 0 else {
            throw SpecificationIssue(
                path: ["heads"], message: "\(heads) heads do not divide the width \(width)")
        }
        let family: TransformerFamily = values.word("family", or: .gpt2)
        if family == .gpt2 {
            for key in ["key-value-heads", "rope-theta"] where !values.required(key).isNull {
                throw SpecificationIssue(
                    path: [key],
                    message: "gpt2 has no \(key): leave it out, or choose family: llama")
            }
        }
        let shape = TransformerConfiguration(
            family: family, layers: values.required("layers").integerValue, heads: heads,
            keyValueHeads: values.given("key-value-heads")?.integerValue, width: width,
            innerWidth: values.given("inner-width")?.integerValue,
            contextLength: values.required("context-length").integerValue, vocabularyCount: 1,
            ropeTheta: values.given("rope-theta")?.numberValue ?? 10_000,
            tiesEmbedding: values.given("tied-embedding")?.booleanValue)
        do {
            try shape.validate()
        } catch {
            throw SpecificationIssue(path: [], message: "\(error)")
        }
        return shape
    }

    private static func training(
        _ values: SpecificationValue, _ precision: Precision
    ) -> TransformerTrainingConfiguration {
        func number(_ key: String) -> Double { values.required(key).numberValue }
        func integer(_ key: String) -> Int { values.required(key).integerValue }
        let optimizer: OptimizerConfiguration =
            switch values.word("optimizer", or: Optimizer.adamw) {
            case .adamw:
                .adamW(
                    beta1: number("beta1"), beta2: number("beta2"),
                    weightDecay: number("weight-decay"))
            case .sgd:
                .sgd(
                    momentum: number("momentum"),
                    isNesterov: values.required("nesterov").booleanValue,
                    weightDecay: number("weight-decay"))
            }
        return TransformerTrainingConfiguration(
            batchSize: integer("batch-size"), accumulation: integer("accumulation"),
            learningRate: number("learning-rate"),
            schedule: LearningRateSchedule(
                values.word("schedule", or: .cosine), warmupFraction: number("warmup-fraction"),
                finalFraction: number("final-learning-rate-fraction"),
                decayFraction: number("decay-fraction")),
            optimizer: optimizer, gradientClip: number("gradient-clip"),
            shards: integer("shards"), dropout: number("dropout"),
            attention: values.word("attention", or: .window),
            lossTerms: LossTerms(
                labelSmoothing: number("label-smoothing"), zLoss: number("z-loss")),
            averageDecay: values.given("average-decay")?.numberValue,
            frozen: values.required("frozen").listValue.map(\.textValue),
            adapters: values.given("adapters").map { adapters in
                AdapterConfiguration(
                    rank: adapters.required("rank").integerValue,
                    alpha: adapters.required("alpha").numberValue,
                    targets: adapters.given("targets")?.listValue.map(\.textValue))
            },
            earlyStopping: values.given("early-stopping").map { stopping in
                EarlyStopping(
                    interval: stopping.required("interval").integerValue,
                    patience: stopping.required("patience").integerValue,
                    minimumImprovement: stopping.required("minimum-improvement").numberValue)
            }, precision: precision)
    }
}

extension SpecificationValue {
    /// The value of an optional key; nil where it is null.
    fileprivate func given(_ key: String) -> SpecificationValue? {
        let value = required(key)
        return value.isNull ? nil : value
    }

    /// One of an enumeration's words; the declaration has refused all others.
    fileprivate func word<Word: RawRepresentable<String>>(_ key: String, or other: Word) -> Word {
        Word(rawValue: required(key).textValue) ?? other
    }
}
