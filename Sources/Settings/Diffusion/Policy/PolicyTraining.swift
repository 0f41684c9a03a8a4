import Compute
import Networks
package import Support

/// Training by reward: the sampler's steps are actions, and those that led to better images than the
/// others of their class become likelier (DDPO, Black et al. 2024; PCPO, Lee and Ye 2026).
package struct PolicyTraining: KeyGroup, Hashable {
    /// What is made small for an advantage A and the ratio rho of an action's probabilities, new over
    /// old.
    package enum Objective: String, CaseIterable, Sendable {
        /// max(-A rho, -A clip(rho, 1 - xi, 1 + xi)), as DDPO has it.
        case ratioClip = "ratio-clip"
        /// max(0, xi |A| - A log rho), as PCPO has it.
        case logHinge = "log-hinge"
    }

    static let reward = Key<ImageReward>(
        "reward", .choice, default: .ink,
        help: "ink (the mean of the pixels), smoothness or symmetry.")
    static let objective = Key<Objective>(
        "objective", .choice, default: .ratioClip,
        help:
            "ratio-clip, the clipped ratio of probabilities, or log-hinge, a hinge on its logarithm."
    )
    static let credit = Key<PolicyCredit>(
        "credit", .choice, default: .native,
        help:
            "How steps share credit: native, or in proportion: reweighted (equal weights in the loss "
            + "alone), log-snr (times even in the log of signal to noise) or constant-weight (noise "
            + "that makes the sampler's weights equal).")
    static let weight = Key<Double?>(
        "weight", .optional(.number(1e-6...1e6)), default: .some(nil),
        help: "The weight of constant-weight; unless given the smallest that every step can have.")
    static let steps = Key(
        "steps", .integer(2...1_000), default: 20, help: "Steps of the sampler from noise to image."
    )
    static let epochs = Key(
        "epochs", .integer(1...100_000), default: 4,
        help: "Rounds of drawing images and learning from them in each generation.")
    static let images = Key(
        "images", .integer(2...1_000_000), default: 200, help: "Images of a round.")
    static let batch = Key(
        "batch", .integer(1...1_000_000), default: 100,
        help: "Images of a step of the optimizer; a round makes as many as it has batches.")
    static let learningRate = Key(
        "learning-rate", .number(1e-9...10), default: 3e-5, help: "AdamW's rate.")
    static let clip = Key(
        "clip", .number(1e-9...1e3), default: 0.1,
        help: "xi, beyond which a change of probability earns no more.")

    @KeyList package static var keys: [KeyDeclaration] {
        reward
        objective
        credit
        weight
        steps
        epochs
        images
        batch
        learningRate
        clip
    }

    let reward: ImageReward
    let objective: Objective
    let credit: PolicyCredit
    let weight: Double?
    let steps: Int
    let epochs: Int
    let images: Int
    let batch: Int
    let learningRate: Double
    let clip: Double

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        reward = try values[Self.reward]
        objective = try values[Self.objective]
        credit = try values[Self.credit]
        weight = try values[Self.weight]
        steps = try values[Self.steps]
        epochs = try values[Self.epochs]
        images = try values[Self.images]
        batch = try values[Self.batch]
        learningRate = try values[Self.learningRate]
        clip = try values[Self.clip]
        if weight != nil, credit != .constantWeight {
            throw SpecificationIssue(
                path: [Self.weight.name],
                message: "this is the weight of credit: constant-weight: leave it out")
        }
        guard images % batch == 0 else {
            throw SpecificationIssue(
                path: [Self.batch.name],
                message:
                    "batches of \(batch) do not divide the \(images) images of a round: choose a "
                    + "divisor of it")
        }
    }

    /// Advantages are held within so many standard deviations.
    private static let largestAdvantage = 5.0

    /// What a fit found of itself.
    struct Outcome {
        /// The mean reward of the first round's images, drawn before any step.
        var reward: Double
        /// The share of actions whose ratio went beyond the clip.
        var clipped: Double
    }

    /// Trains a denoiser in place, from where its optimizer was if it has one.
    ///
    /// - Parameters:
    ///   - model: The parameters of `denoiser`.
    ///   - denoiser: The network.
    ///   - policy: The sampler and its actions.
    ///   - labels: The class of each image of a round.
    ///   - width: Pixels of a row of an image.
    ///   - key: What images and batches depend on.
    ///   - progress: Told of the rounds made and all of them.
    /// - Returns: What was found on the way.
    /// - Throws: ``NoReward`` where images have none.
    func train(
        _ model: inout TrainedDenoiser, of denoiser: Denoiser,
        policy: (sampler: DiffusionSampler, actions: [PolicyStep]), labels: [UInt8], width: Int,
        key: RandomKey, progress: (_ done: Int, _ total: Int) -> Void
    ) throws -> Outcome {
        var parameters = model.parameters
        var optimizer = Adam<Float>(
            .init(weightDecay: 1e-4, gradientClip: 1),
            from: model.optimizer ?? .init(count: parameters.count))
        var order = ShuffledIndices(images, key: key.with(purpose: .shuffle))
        let tape = Tape<Float>()
        var outcome = Outcome(reward: 0, clipped: 0)
        var clipped = 0
        for epoch in 0..<epochs {
            let path = policy.sampler.path(
                from: parameters, of: denoiser, labels: labels,
                key: key.with(purpose: .sample).at(epoch << 32))
            let rewards = (0..<images).map { row in
                reward.value(
                    of: path.images[row * denoiser.pixels..<(row + 1) * denoiser.pixels],
                    width: width)
            }
            guard rewards.allSatisfy(\.isFinite) else { throw NoReward(epoch: epoch) }
            if epoch == 0 { outcome.reward = rewards.reduce(0, +) / Double(images) }
            let advantages = Self.advantages(rewards, labels)
            for _ in 0..<images / batch {
                let rows = order.next(batch)
                var gradient = [Float](repeating: 0, count: parameters.count)
                for (index, action) in policy.actions.enumerated() {
                    tape.pass(parameters) {
                        clipped += learn(
                            action, path.states[index], rows, advantages, labels, denoiser, tape,
                            actions: policy.actions.count)
                        tape.backward(&gradient)
                    }
                }
                optimizer.step(&parameters, gradient: gradient, rate: learningRate)
            }
            progress(epoch + 1, epochs)
        }
        model = TrainedDenoiser(parameters: parameters, optimizer: optimizer.state)
        outcome.clipped = Double(clipped) / Double(epochs * images * policy.actions.count)
        return outcome
    }

    /// The standard scores of rewards among those of one class.
    package static func advantages(_ rewards: [Double], _ labels: [UInt8]) -> [Double] {
        var advantages = [Double](repeating: 0, count: rewards.count)
        for label in Set(labels) {
            let own = labels.indices.filter { labels[$0] == label }
            let mean = own.reduce(0) { $0 + rewards[$1] } / Double(own.count)
            let square = own.reduce(0) { $0 + (rewards[$1] - mean) * (rewards[$1] - mean) }
            let deviation = (square / Double(max(1, own.count - 1))).squareRoot()
            for index in own {
                let score = (rewards[index] - mean) / (deviation + 1e-6)
                advantages[index] = min(max(score, -largestAdvantage), largestAdvantage)
            }
        }
        return advantages
    }

    /// Writes the gradient of one action's loss for some images to the tape.
    ///
    /// - Returns: How many ratios lie beyond the clip.
    private func learn(
        _ action: PolicyStep, _ state: DiffusionSampler.State, _ rows: [Int],
        _ advantages: [Double], _ labels: [UInt8], _ denoiser: Denoiser, _ tape: Tape<Float>,
        actions: Int
    ) -> Int {
        let pixels = denoiser.pixels
        let x = tape.input(rows: rows.count, columns: pixels) { out in
            for (place, row) in rows.enumerated() {
                for column in 0..<pixels {
                    out[place * pixels + column] = state.images[row * pixels + column]
                }
            }
        }
        let predicted = denoiser.noise(
            in: x, times: repeatElement(action.step.time, count: rows.count),
            labels: rows.map { Int32(labels[$0]) }, on: tape)
        let values = tape.elements(of: predicted)
        let gradient = tape.gradient(of: predicted)
        let weight = Float(action.weight)
        var beyond = 0
        for (place, row) in rows.enumerated() {
            let start = row * pixels
            var logRatio = 0.0
            for column in 0..<pixels {
                let shift =
                    weight * (values[place * pixels + column] - state.predicted[start + column])
                logRatio -= Double(shift * (state.noise[start + column] + shift / 2))
            }
            let (slope, isBeyond) = slope(logRatio: logRatio, advantage: advantages[row])
            if isBeyond { beyond += 1 }
            guard slope != 0 else { continue }
            let scale = Float(slope / Double(rows.count * actions)) * weight
            for column in 0..<pixels {
                let shift =
                    weight * (values[place * pixels + column] - state.predicted[start + column])
                gradient[place * pixels + column] -=
                    scale * (state.noise[start + column] + shift)
            }
        }
        return beyond
    }

    /// The derivative of the objective by log rho, and whether the ratio lies beyond the clip.
    package func slope(logRatio: Double, advantage: Double) -> (slope: Double, isBeyond: Bool) {
        switch objective {
        case .ratioClip:
            let ratio = Elementary.exp(min(logRatio, 700))
            let isBeyond = abs(ratio - 1) > clip
            let isClipped =
                advantage > 0 ? ratio > 1 + clip : advantage < 0 ? ratio < 1 - clip : true
            return (isClipped ? 0 : -advantage * ratio, isBeyond)
        case .logHinge:
            let isOpen = clip * abs(advantage) - advantage * logRatio > 0
            return (isOpen ? -advantage : 0, abs(logRatio) > clip)
        }
    }
}

/// Images that no reward can be given.
struct NoReward: Error, CustomStringConvertible {
    var epoch: Int

    var description: String {
        "the reward of an image of round \(epoch + 1) is not a number: the denoiser has diverged; lower "
            + "policy.learning-rate"
    }
}
