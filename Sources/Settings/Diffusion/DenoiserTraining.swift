package import Compute
import Networks

/// Training of a denoiser: the mean square of the noise that it misses, at steps that are drawn
/// evenly (Ho et al. 2020, their simple loss).
package struct DenoiserTraining: Hashable, Sendable {
    /// What the rate does over the steps.
    package enum Decay: String, CaseIterable, Sendable {
        case constant
        /// Down to 0, linearly.
        case linear
    }

    /// How often training meets each image, rounded to whole steps.
    package var passes: Double
    /// Images of a step.
    package var batch: Int
    /// Adam's rate at first.
    package var learningRate: Double
    package var decay: Decay

    /// Steps on so many images, at least 1.
    package func steps(images: Int) -> Int {
        max(1, Int((passes * Double(images) / Double(batch)).rounded()))
    }

    /// Trains a denoiser in place, from where its optimizer was if it has one.
    ///
    /// - Parameters:
    ///   - model: The parameters of `denoiser`.
    ///   - denoiser: The network.
    ///   - schedule: How images are turned into noise.
    ///   - images: At least one image.
    ///   - weights: What the loss of each image is multiplied by; nil for 1.
    ///   - key: What batches and noise depend on.
    ///   - progress: Told of the steps made and all of them.
    /// - Returns: The mean loss of the last tenth of the steps.
    package func train(
        _ model: inout TrainedDenoiser, of denoiser: Denoiser, schedule: NoiseSchedule,
        on images: ImageExamples, weights: [Double]?, key: RandomKey,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) -> Double {
        let steps = steps(images: images.count)
        var order = ShuffledIndices(images.count, key: key.with(purpose: .shuffle))
        var parameters = model.parameters
        var optimizer = Adam<Float>(
            .init(), from: model.optimizer ?? .init(count: parameters.count))
        var gradient = [Float](repeating: 0, count: parameters.count)
        let tape = Tape<Float>()
        let noiseKey = key.with(purpose: .noise)
        let pixels = denoiser.pixels
        var late = (sum: 0.0, count: 0)
        for step in 0..<steps {
            let chosen = order.next(batch)
            var random = RandomStream(noiseKey.at(2 * step))
            let times = chosen.map { _ in 1 + random.below(schedule.steps) }
            let noise = NormalDraws.array(batch * pixels, from: noiseKey.at(2 * step + 1)).map {
                Float($0)
            }
            for index in gradient.indices { gradient[index] = 0 }
            let loss = tape.pass(parameters) {
                let x = tape.input(rows: batch, columns: pixels) { out in
                    for (row, index) in chosen.enumerated() {
                        let left = schedule.remaining[times[row]]
                        let (keep, add) = (Float(left.squareRoot()), Float((1 - left).squareRoot()))
                        for column in 0..<pixels {
                            let place = row * pixels + column
                            out[place] =
                                keep * images.pixels[index * pixels + column] + add * noise[place]
                        }
                    }
                }
                let predicted = denoiser.noise(
                    in: x, times: times, labels: chosen.map { Int32(images.labels[$0]) }, on: tape)
                let loss = noise.withUnsafeBufferPointer { noise in
                    Loss.meanSquare(
                        of: predicted, target: noise,
                        weights: weights.map { all in chosen.map { all[$0] } }, on: tape)
                }
                tape.backward(&gradient)
                return loss
            }
            let share = decay == .linear ? 1 - Double(step) / Double(steps) : 1
            optimizer.step(&parameters, gradient: gradient, rate: learningRate * share)
            if 10 * (step + 1) > 9 * steps {
                late.sum += loss
                late.count += 1
            }
            if step % 50 == 49 || step == steps - 1 { progress(step + 1, steps) }
        }
        model = TrainedDenoiser(parameters: parameters, optimizer: optimizer.state)
        return late.sum / Double(late.count)
    }
}
