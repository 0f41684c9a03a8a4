package import Collapse
package import Compute
import Networks
import Support
import Text

/// Self-consuming diffusion models: a class-conditional denoiser learns labelled images, and its own
/// images become data (the protocol of Latent Space Filtering, Cai et al. 2025, at a small size).
package struct DiffusionSetting: TaskSetting {
    package typealias Model = TrainedDenoiser

    let evaluation: ImageEvaluation
    let sampler: DiffusionSampler
    private let steps: DiffusionSteps
    private let training: DenoiserTraining
    private let fineTuning: DenoiserTraining
    private let width: Int
    private let bottleneck: Int
    private let stock: LabelledSetStock<ImageSet>
    /// Training by reward, in generations that start from a model; nil where they learn images.
    private let policy: PolicyTraining?
    /// Whether generations learn images whatever the policy, whose sampler and reward they share.
    private let isControl: Bool
    private let actions: [PolicyStep]
    /// Whether models carry their optimizer's state to the next generation.
    private let keepsOptimizer: Bool

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        steps = try values[Self.diffusion]
        training = try values[Self.training]
        fineTuning = try values[Self.fineTuning]
        evaluation = try values[Self.evaluation]
        width = try values[Self.width]
        bottleneck = try values[Self.bottleneck]
        stock = LabelledSetStock(
            try values[Images.key].rawValue, key: Images.key.name, resources)
        let sampling = try values[Self.sampling]
        if let count = sampling.steps, count > steps.schedule.steps {
            throw SpecificationIssue(
                path: [Self.sampling.name, SamplingSteps.steps.name],
                message: "\(count) steps to an image, and the noise has \(steps.schedule.steps) "
                    + "(diffusion.steps): choose as many at most")
        }
        let policy = try values[Self.policy]
        (sampler, actions) = try Self.sampler(policy, sampling, steps.schedule)
        if policy != nil { try Self.checkPolicy(arm) }
        self.policy = policy
        isControl = arm.isControl
        keepsOptimizer = arm.optimizer == .carryOver
    }

    private static func sampler(
        _ policy: PolicyTraining?, _ sampling: SamplingSteps, _ schedule: NoiseSchedule
    ) throws(SpecificationIssue) -> (DiffusionSampler, [PolicyStep]) {
        guard let policy else {
            let sampler = DiffusionSampler(
                schedule, steps: sampling.steps, eta: sampling.eta, clips: sampling.clips)
            return (sampler, [])
        }
        return try SpecificationIssue.within(Self.policy.name) { () throws(SpecificationIssue) in
            guard policy.steps <= schedule.steps else {
                throw SpecificationIssue(
                    path: [PolicyTraining.steps.name],
                    message:
                        "\(policy.steps) steps to an image, and the noise has \(schedule.steps) "
                        + "(diffusion.steps): choose as many at most")
            }
            let found = try DiffusionSampler.policy(
                schedule, steps: policy.steps, credit: policy.credit, weight: policy.weight)
            return (found.sampler, found.actions)
        }
    }

    private static func checkPolicy(_ arm: ArmSpecification) throws(SpecificationIssue) {
        guard arm.startFrom == .previous else {
            throw SpecificationIssue(
                path: [ArmKeys.startFrom.name],
                message: "a policy goes on from the model before: use start-from: previous")
        }
        guard arm.workflow is Replace, arm.curation.isEmpty else {
            throw SpecificationIssue(
                path: [ArmKeys.workflow.name],
                message: "a policy learns from rewards of images that it draws itself, and from no "
                    + "other data: use workflow: replace without curate")
        }
        guard arm.parents == 1 else {
            throw SpecificationIssue(
                path: [ArmKeys.parents.name],
                message: "a policy draws its images itself: leave parents at 1")
        }
    }

    func denoiser(_ seedData: DiffusionData) -> Denoiser {
        Denoiser(
            pixels: seedData.images.imageSize, classes: seedData.classes, width: width,
            bottleneck: bottleneck, steps: steps.schedule.steps)
    }

    package var notes: [String] {
        guard let policy else { return [] }
        var notes = [
            "With a policy, generations after 0 learn from the rewards of images that they draw in "
                + "each round, and from no data: what is said of training data is of generation 0 and "
                + "of controls. All images are drawn by the policy's sampler, not by `sampling`."
        ]
        let weights = actions.map(\.weight)
        if policy.credit == .logSNR, let least = weights.min(), let most = weights.max() {
            notes.append(
                "credit: log-snr finds \(sampler.steps.count) different times where \(policy.steps) "
                    + "were asked for, and weights from \(least.inThousandths) to "
                    + "\(most.inThousandths): the more steps diffusion.steps has, the more even they are."
            )
        }
        return notes
    }

    package var capabilities: Capabilities<DiffusionSetting> {
        Capabilities(
            latents: .init(
                classes: { $0.classes },
                features: { examples, model, seedData, key, _ in
                    (latents(of: examples, under: model, seedData, key).elements, examples.labels)
                }, real: \.initialImages))
    }

    package var storage: Storage<DiffusionSetting>? {
        Storage(
            encodeModel: encode(_:seedData:), decodeModel: decodeModel(_:seedData:),
            encodeExamples: encode(_:seedData:), decodeExamples: decodeExamples(_:seedData:),
            show: show(_:at:seedData:), picture: picture(_:at:seedData:),
            inputs: { [stock] stage in
                stage == .seedData ? ["images=\(try stock.manifest().identity)"] : []
            })
    }

    // MARK: Real data

    package func sources() throws -> [DataSource] {
        let set = try stock.set()
        return [
            DataSource(
                kind: "images", name: stock.name, sha256: try stock.manifest().sha256,
                unit: "images",
                parts: [.init(name: "all", count: set.count, bytes: set.count * (set.size + 1))])
        ]
    }

    package var bytesPerUnit: Int { 4 * 784 }

    package func makeSeedData(
        seed: UInt64, stream: UInt32, initialSize: Int
    ) throws -> DiffusionData {
        let data = DiffusionData(
            try stock.set(), initialSize: initialSize,
            key: RandomKey(seed: seed, stream: stream, purpose: .realOrder))
        try checkPolicy(of: data)
        let present = Set(data.images.labels.prefix(initialSize))
        if let absent = (0..<data.classes).first(where: { !present.contains(UInt8($0)) }) {
            throw SpecificationIssue(
                path: [ArmKeys.sampleSize.name],
                message: "of the first \(initialSize) images of seed \(seed) none is of class "
                    + "\(absent), which a model is asked for: raise sample-size")
        }
        return data
    }

    private func checkPolicy(of data: DiffusionData) throws(SpecificationIssue) {
        guard let policy else { return }
        try SpecificationIssue.within(Self.policy.name) { () throws(SpecificationIssue) in
            guard policy.images >= 2 * data.classes else {
                throw SpecificationIssue(
                    path: [PolicyTraining.images.name],
                    message:
                        "an image is held against others of its class, and \(policy.images) of "
                        + "\(data.classes) classes leave one alone: use \(2 * data.classes) at least"
                )
            }
            // Images, predicted noise and drawn noise of every step are kept through a round.
            let bytes = 12.0 * Double(policy.images * data.images.imageSize) * Double(policy.steps)
            if let shortage = MachineMemory.shortage(bytes) {
                throw SpecificationIssue(
                    path: [PolicyTraining.images.name],
                    message: "a round of \(policy.images) images in \(policy.steps) steps "
                        + "\(shortage): lower images or steps")
            }
        }
    }

    package func realCount(in seedData: DiffusionData) -> Int? { seedData.images.count }
    package func realSize(at index: Int, in seedData: DiffusionData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: DiffusionData) throws -> ImageExamples {
        seedData.images.selecting(Array(range))
    }

    package func measuredOn(in seedData: DiffusionData) -> String? {
        "all \(seedData.images.count) images of \(stock.name), those that generation 0 learns among them, "
            + "beside \(evaluation.samples) of each model"
    }

    // MARK: The learner

    package func fit(
        _ data: TrainingData<ImageExamples>, start: FitStart<Model>, seedData: DiffusionData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model> {
        let denoiser = denoiser(seedData)
        if let policy, !isControl, case .model(var model, _) = start {
            // A policy's optimizer differs from the one that learnt the real images.
            if data.generation == 1 { model.optimizer = nil }
            let outcome = try policy.train(
                &model, of: denoiser, policy: (sampler, actions),
                labels: balancedLabels(policy.images, seedData), width: seedData.width, key: key,
                progress: work.progress)
            return Fitted(
                model: try kept(
                    model, Self.policy.name + "." + PolicyTraining.learningRate.name),
                metrics: [
                    Metric.policyReward.value(outcome.reward),
                    Metric.clipped.value(outcome.clipped),
                ])
        }
        var model: Model
        let (training, group): (DenoiserTraining, String)
        switch start {
        case .scratch:
            model = Model(parameters: denoiser.layout.initial(key.with(purpose: .initialise)))
            (training, group) = (self.training, Self.training.name)
        case .model(let previous, _):
            model = previous
            (training, group) = (fineTuning, Self.fineTuning.name)
        }
        let loss = training.train(
            &model, of: denoiser, schedule: steps.schedule, on: data.examples,
            weights: data.weights, key: key, progress: work.progress)
        return Fitted(
            model: try kept(model, group + "." + DenoiserTraining.learningRate.name),
            metrics: [Metric.loss.value(loss)])
    }

    /// A model as later fits get it; `rate` is the key of the rate that it was trained at.
    private func kept(_ model: Model, _ rate: String) throws(DivergedTraining) -> Model {
        try DivergedTraining.check(model.parameters, rate: rate)
        return keepsOptimizer ? model : Model(parameters: model.parameters)
    }

    package func sample(
        from parents: [Model], size: Int, conditions: ImageExamples?, seedData: DiffusionData,
        key: RandomKey, work: Workload
    ) throws -> ImageExamples {
        let labels = balancedLabels(size, seedData)
        let shares = ParentShares(of: size, parents: parents.count)
        var images = ImageExamples()
        for (index, parent) in parents.enumerated() where !shares[index].isEmpty {
            let own = Array(labels[shares[index]])
            var parentKey = key
            parentKey.seed &+= UInt64(index) &* 0xD1B5_4A32_D192_ED03
            images.append(
                ImageExamples(
                    pixels: sampler.images(
                        from: parent.parameters, of: denoiser(seedData), labels: own,
                        key: parentKey,
                        workers: work.workers), labels: own))
        }
        return images
    }

    /// The mean reward of some images; nil where there is no policy.
    func reward(of images: ImageExamples, in seedData: DiffusionData) -> Double? {
        guard let policy else { return nil }
        let rewards = (0..<images.count).map {
            policy.reward.value(of: images.pixels(at: $0), width: seedData.width)
        }
        return rewards.reduce(0, +) / Double(rewards.count)
    }

    /// As many images of each class, one after the other.
    func balancedLabels(_ count: Int, _ seedData: DiffusionData) -> [UInt8] {
        (0..<count).map { UInt8($0 % seedData.classes) }
    }

    /// The latents of images with some noise, whose class is not told, a row each.
    func latents(
        of images: ImageExamples, under model: Model, _ seedData: DiffusionData, _ key: RandomKey
    ) -> Matrix {
        let left = steps.schedule.remaining[steps.latentStep]
        let (keep, add) = (Float(left.squareRoot()), Float((1 - left).squareRoot()))
        let noiseKey = key.with(purpose: .noise)
        let noisy = (0..<images.count).flatMap { index in
            // Beside the noise of training, which has the lower indices.
            let noise = NormalDraws.array(
                images.imageSize, from: noiseKey.at(1 << 40 + index))
            return zip(images.pixels(at: index), noise).map { keep * $0 + add * Float($1) }
        }
        let denoiser = denoiser(seedData)
        let tape = Tape<Float>()
        let elements = tape.pass(model.parameters) {
            let latents = denoiser.latents(
                of: tape.input(noisy, columns: denoiser.pixels),
                times: repeatElement(steps.latentStep, count: images.count), on: tape)
            return tape.elements(of: latents).map { Double($0) }
        }
        return Matrix(rows: images.count, columns: bottleneck, elements)
    }
}
