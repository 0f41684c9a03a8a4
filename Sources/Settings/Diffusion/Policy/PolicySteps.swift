package import Support

/// One step of a sampler seen as an action: the next image is normal around a mean in which the
/// predicted noise counts with the factor -C, with deviation sigma. A change of the prediction by d
/// changes the log-probability of what was drawn by -(w d z + |w d|^2 / 2) for the noise z that was
/// added, with the weight w = C / sigma (Lee and Ye 2026, proposition 1).
package struct PolicyStep: Hashable, Sendable {
    /// What the sampler does.
    package var step: DiffusionSampler.Step
    /// w; how much of a change's credit the step gets.
    package var weight: Double

    /// sqrt(1 - abar) sqrt(abar' / abar), what the predicted noise counts with in the predicted image.
    fileprivate static func reach(_ step: DiffusionSampler.Step) -> Double {
        ((1 - step.remaining) * step.nextRemaining / step.remaining).squareRoot()
    }

    /// - Parameter step: One that adds noise.
    init(_ step: DiffusionSampler.Step) {
        self.step = step
        let toward = max(0, 1 - step.nextRemaining - step.deviation * step.deviation).squareRoot()
        weight = (Self.reach(step) - toward) / step.deviation
    }

    /// The smallest weight that any deviation gives between two times, sqrt(SNR' / SNR - 1), which is
    /// that of eta = 1.
    static func smallestWeight(_ step: DiffusionSampler.Step) -> Double {
        let ratio =
            step.nextRemaining / (1 - step.nextRemaining) / (step.remaining / (1 - step.remaining))
        return (ratio - 1).squareRoot()
    }

    /// The step with the deviation that gives it a weight, the larger one where there are two.
    ///
    /// - Returns: Nil where the weight is less than the smallest.
    static func weighing(
        _ step: DiffusionSampler.Step, _ weight: Double
    ) -> DiffusionSampler.Step? {
        // A - w sigma = sqrt(b2 - sigma^2), squared: (1 + w^2) sigma^2 - 2 A w sigma + A^2 - b2 = 0.
        let reach = reach(step)
        let square = 1 - step.nextRemaining
        let discriminant = square * (1 + weight * weight) - reach * reach
        // The smallest weight is a double root, which rounding may lose.
        guard discriminant > -1e-12 * square else { return nil }
        let root = max(0, discriminant).squareRoot()
        let deviations = [reach * weight + root, reach * weight - root].map {
            $0 / (1 + weight * weight)
        }
        // What was squared must not be negative.
        guard let deviation = deviations.first(where: { $0 > 0 && reach - weight * $0 >= -1e-12 })
        else { return nil }
        var result = step
        result.deviation = deviation
        return result
    }
}

/// How the credit for a reward is shared among the steps of a sampler.
package enum PolicyCredit: String, CaseIterable, Sendable {
    /// As the sampler has it: the weights differ.
    case native
    /// The native sampler, and in the loss the mean of its weights for every step.
    case reweighted
    /// Times that are as even in the logarithm of the signal-to-noise ratio as whole ones can be: were
    /// they quite even, the sampler's own weights would be equal.
    case logSNR = "log-snr"
    /// A sampler whose deviations give every step one weight.
    case constantWeight = "constant-weight"
}

extension DiffusionSampler {
    /// The sampler of a way to share credit, and its steps as actions: all but the last, which adds
    /// no noise.
    ///
    /// - Parameters:
    ///   - schedule: Of the denoiser's training.
    ///   - count: Steps; `log-snr` may find fewer different times.
    ///   - credit: How credit is shared.
    ///   - weight: For `constant-weight`: the weight; nil for the smallest that all steps can have.
    /// - Returns: The sampler, and its actions in the order in which they are made.
    /// - Throws: `SpecificationIssue` at `weight` that names the step that cannot have it.
    package static func policy(
        _ schedule: NoiseSchedule, steps count: Int, credit: PolicyCredit, weight: Double?
    ) throws(SpecificationIssue) -> (sampler: DiffusionSampler, actions: [PolicyStep]) {
        let native =
            credit == .logSNR
            ? DiffusionSampler(
                schedule, times: schedule.timesEvenInLogSNR(count), eta: 1, clips: false)
            : DiffusionSampler(schedule, steps: count, eta: 1, clips: false)
        var steps = native.steps
        let noisy = steps.indices.filter { steps[$0].nextRemaining < 1 }
        if let still = noisy.first(where: { steps[$0].deviation == 0 }) {
            throw SpecificationIssue(
                path: [PolicyTraining.steps.name],
                message:
                    "the step from time \(steps[still].time) changes nothing, as the schedule has "
                    + "equal noise there: choose fewer steps")
        }
        if credit == .constantWeight {
            let smallest = noisy.map { PolicyStep.smallestWeight(steps[$0]) }
            let common = weight ?? smallest.max() ?? 0
            for (index, least) in zip(noisy, smallest) {
                guard let step = PolicyStep.weighing(steps[index], common) else {
                    throw SpecificationIssue(
                        path: [PolicyTraining.weight.name],
                        message:
                            "no noise gives the step from time \(steps[index].time) the weight "
                            + "\(common): it needs \(Self.rounded(up: least)) at least, and all "
                            + "steps \(Self.rounded(up: smallest.max() ?? 0))")
                }
                steps[index] = step
            }
        }
        var actions = noisy.map { PolicyStep(steps[$0]) }
        let mean = actions.reduce(0) { $0 + $1.weight } / Double(max(1, actions.count))
        if credit == .reweighted {
            for index in actions.indices { actions[index].weight = mean }
        }
        return (DiffusionSampler(steps: steps, clips: false), actions)
    }
}

extension DiffusionSampler {
    /// The next number with four digits after the point.
    private static func rounded(up value: Double) -> Double { (value * 1e4).rounded(.up) / 1e4 }
}

extension NoiseSchedule {
    /// Times at even distances in log(abar / (1 - abar)), which fall; none occurs twice.
    func timesEvenInLogSNR(_ count: Int) -> [Int] {
        let levels = (1...steps).map { logSNR($0) }
        let (low, high) = (levels[steps - 1], levels[0])
        var times: [Int] = []
        for index in 0..<count {
            let level = low + (high - low) * Double(index) / Double(max(1, count - 1))
            let nearest = levels.indices.min { abs(levels[$0] - level) < abs(levels[$1] - level) }
            let time = (nearest ?? 0) + 1
            if times.last.map({ time < $0 }) ?? true { times.append(time) }
        }
        return times
    }
}
