package import Collapse
package import Support

extension DiffusionSetting {
    /// The setting `diffusion`; sizes count images.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "diffusion",
            summary:
                "A small denoising diffusion model of labelled images, trained on real ones and on its "
                + "own.",
            version: 1, sizeUnit: "images", keys: keys,
            evaluations: [.init("images", version: 1)],
            metrics: Metric.all, headline: Metric.frechetDistance,
            definitions: DefinitionRule.error(Metric.frechetDistance) + [
                DefinitionRule(
                    .variance, Metric.withinClassVariance, largerIsWorse: false, margin: 0.05,
                    improves: false),
                DefinitionRule(.modes, Metric.recall, largerIsWorse: false, margin: 0.05),
                DefinitionRule(
                    .hallucination, Metric.precision, largerIsWorse: false, margin: 0.05,
                    improves: false),
            ], panels: Metric.panels,
            recordUnit: .generation)
    }

    static let width = Key(
        "width", .integer(1...4_096), default: 128, help: "Units of the denoiser's wide layers.")
    static let bottleneck = Key(
        "bottleneck", .integer(1...4_096), default: 64,
        help: "Units of its narrowest layer, whose activations are an image's latents.")
    static let diffusion = Key<DiffusionSteps>(
        "diffusion", .group, filledFrom: .map([]), help: "How images are turned into noise.")
    static let training = Key<DenoiserTraining>(
        "training", .group, filledFrom: .map([]), help: "The fit of a model that is fresh.")
    static let fineTuning = Key<DenoiserTraining>(
        "fine-tuning", .group, filledFrom: DenoiserTraining.fineTuning,
        help:
            "A fit that starts from a model (start-from: previous): 25.6 passes at a constant rate of "
            + "0.0005 unless given.")
    static let sampling = Key<SamplingSteps>(
        "sampling", .group, filledFrom: .map([]), help: "How images are drawn from a model.")
    static let policy = Key<PolicyTraining?>(
        "policy", .optional(.group), default: .some(nil),
        help:
            "Training by reward in every generation after 0, in place of learning images; a control "
            + "learns images. Its own sampler takes the place of `sampling`.")
    static let evaluation = Key<ImageEvaluation>(
        "evaluation", .group, filledFrom: .map([]), help: "How models are measured.")

    @KeyList private static var keys: [KeyDeclaration] {
        Images.key
        width
        bottleneck
        diffusion
        training
        fineTuning
        sampling
        policy
        evaluation
    }
}

/// The steps of noise that a denoiser is trained to undo.
struct DiffusionSteps: KeyGroup {
    static let steps = Key(
        "steps", .integer(2...1_000), default: 50, help: "T, from the image to noise.")
    static let schedule = Key<NoiseSchedule.Kind>(
        "schedule", .choice, default: .cosine,
        help: "linear (variances from 0.0001 to 0.02 over 1,000 steps, thinned) or cosine.")
    static let latentTime = Key(
        "latent-time", .number(0...1), default: 0.1,
        help: "The share of the steps after which an image's latents are taken, one step at least.")

    @KeyList static var keys: [KeyDeclaration] {
        steps
        schedule
        latentTime
    }

    let schedule: NoiseSchedule
    /// The step at which latents are taken.
    let latentStep: Int

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        let steps = try values[Self.steps]
        schedule = NoiseSchedule(try values[Self.schedule], steps: steps)
        // A denoiser knows the steps from 1.
        latentStep = max(1, Int((try values[Self.latentTime] * Double(steps)).rounded()))
    }
}

extension DenoiserTraining: KeyGroup {
    static let passes = Key(
        "passes", .number(1e-6...1e6), default: 320,
        help: "How often training meets each image; steps grow with the data.")
    static let batch = Key(
        "batch", .integer(1...65_536), default: 128, help: "Images of a step.")
    static let learningRate = Key(
        "learning-rate", .number(1e-9...10), default: 1e-3, help: "Adam's rate at first.")
    static let decay = Key<Decay>(
        "schedule", .choice, default: .linear,
        help: "The rate after that: constant, or linear to 0.")

    /// The defaults of a fit that goes on from a model.
    fileprivate static let fineTuning = SpecificationValue.map([
        .init(passes.name, .number(25.6)), .init(learningRate.name, .number(5e-4)),
        .init(decay.name, .text(Decay.constant.rawValue)),
    ])

    @KeyList package static var keys: [KeyDeclaration] {
        passes
        batch
        learningRate
        decay
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            passes: try values[Self.passes], batch: try values[Self.batch],
            learningRate: try values[Self.learningRate], decay: try values[Self.decay])
    }
}

/// How images are drawn.
struct SamplingSteps: KeyGroup {
    static let steps = Key<Int?>(
        "steps", .optional(.integer(1...1_000)), default: .some(nil),
        help: "Steps from noise to image, at even distances; all unless given.")
    static let eta = Key(
        "eta", .number(0...1), default: 1,
        help: "Noise added in each step: 1 as the model's posterior has it, 0 for none (DDIM).")
    static let clips = Key(
        "clip", .boolean, default: true,
        help: "Whether the image that a step predicts is held between black and white.")

    @KeyList static var keys: [KeyDeclaration] {
        steps
        eta
        clips
    }

    let steps: Int?
    let eta: Double
    let clips: Bool

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        steps = try values[Self.steps]
        eta = try values[Self.eta]
        clips = try values[Self.clips]
    }
}

/// How models are measured.
struct ImageEvaluation: KeyGroup {
    static let samples = Key(
        "samples", .integer(100...1_000_000), default: 1_500,
        help: "Images drawn from each model to measure it, class after class in turn.")
    static let neighbours = Key(
        "neighbours", .integer(1...100), default: 5,
        help: "k of precision and recall: balls reach to the k-th nearest image.")

    @KeyList static var keys: [KeyDeclaration] {
        samples
        neighbours
    }

    let samples: Int
    let neighbours: Int

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        samples = try values[Self.samples]
        neighbours = try values[Self.neighbours]
        guard neighbours < samples else {
            throw SpecificationIssue(
                path: [Self.neighbours.name],
                message:
                    "\(samples) samples have \(samples - 1) neighbours each: choose as many at "
                    + "most, or raise samples")
        }
    }
}
