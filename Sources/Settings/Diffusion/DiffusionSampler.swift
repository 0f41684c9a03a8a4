package import Compute
import Networks

/// Draws images from a denoiser: pure noise, from which step by step the predicted noise is taken
/// (DDIM, Song et al. 2021; with eta = 1 ancestral sampling, Ho et al. 2020).
package struct DiffusionSampler: Hashable, Sendable {
    /// One step from t to an earlier time.
    package struct Step: Hashable, Sendable {
        package var time: Int
        /// abar before and after the step.
        package var remaining: Double
        package var nextRemaining: Double
        /// The deviation of the noise that is added.
        package var deviation: Double
    }

    /// In the order in which they are made.
    package let steps: [Step]
    /// Whether the predicted image is held between -1 and 1 in each step.
    package let clips: Bool

    /// - Parameters:
    ///   - schedule: Of the denoiser's training.
    ///   - steps: Steps to make, at even distances; nil for all.
    ///   - eta: The noise that is added, as a multiple of the posterior's; 0 for none.
    ///   - clips: Whether the predicted image is held between -1 and 1.
    package init(_ schedule: NoiseSchedule, steps: Int?, eta: Double, clips: Bool) {
        let count = steps ?? schedule.steps
        let times = (0..<count).map { index in
            let share = Double(count - index) / Double(count)
            return Int((Double(schedule.steps) * share).rounded(.toNearestOrEven))
        }
        self.init(schedule, times: times, eta: eta, clips: clips)
    }

    init(steps: [Step], clips: Bool) {
        self.steps = steps
        self.clips = clips
    }

    /// A sampler that goes through given times, which fall.
    init(_ schedule: NoiseSchedule, times: [Int], eta: Double, clips: Bool) {
        steps = zip(times, times.dropFirst() + [0]).map { time, next in
            let (now, then) = (schedule.remaining[time], schedule.remaining[next])
            return Step(
                time: time, remaining: now, nextRemaining: then,
                deviation: eta * ((1 - then) / (1 - now) * (1 - now / then)).squareRoot())
        }
        self.clips = clips
    }

    /// Rows that one worker computes at once.
    private static let block = 128

    /// Draws an image of each label, its pixels between -1 and 1. Image i depends on `key.at(i)` and
    /// its label alone.
    package func images(
        from parameters: [Float], of denoiser: Denoiser, labels: [UInt8], key: RandomKey,
        workers: Int
    ) -> [Float] {
        let pixels = denoiser.pixels
        var images = [Float](repeating: 0, count: labels.count * pixels)
        let blocks = (labels.count + Self.block - 1) / Self.block
        let pool = WorkerPool(count: max(1, min(workers, blocks)))
        images.withUnsafeMutableBufferPointer { buffer in
            // Every block is written by one worker alone.
            nonisolated(unsafe) let images = buffer
            pool.perform(tasks: blocks) { block, _ in
                let rows = block * Self.block..<min((block + 1) * Self.block, labels.count)
                let part = UnsafeMutableBufferPointer(
                    rebasing: images[rows.lowerBound * pixels..<rows.upperBound * pixels])
                draw(into: part, rows, parameters, denoiser, labels, key)
            }
        }
        return images
    }

    /// What a sampler saw and did in one step, row after row.
    struct State {
        /// The images before the step.
        var images: [Float]
        /// The noise that was predicted in them.
        var predicted: [Float]
        /// The standard normal noise that was added.
        var noise: [Float]
    }

    /// Draws images as ``images(from:of:labels:key:workers:)`` does, without holding them to black and
    /// white at the end, and keeps what happened in every step. Image i depends on the key's index plus
    /// i.
    func path(
        from parameters: [Float], of denoiser: Denoiser, labels: [UInt8], key: RandomKey
    ) -> (images: [Float], states: [State]) {
        let pixels = denoiser.pixels
        let noise = labels.indices.map {
            NormalDraws.array((steps.count + 1) * pixels, from: key.at(Int(key.index) + $0))
        }
        var images = [Float](repeating: 0, count: labels.count * pixels)
        var states: [State] = []
        images.withUnsafeMutableBufferPointer { images in
            denoise(images, parameters, denoiser, labels.map { Int32($0) }, noise) {
                index, predicted in
                let first = (index + 1) * pixels
                states.append(
                    State(
                        images: Array(images), predicted: Array(predicted),
                        noise: noise.flatMap { $0[first..<first + pixels].map { Float($0) } }))
            }
        }
        return (images, states)
    }

    private func draw(
        into images: UnsafeMutableBufferPointer<Float>, _ rows: Range<Int>, _ parameters: [Float],
        _ denoiser: Denoiser, _ labels: [UInt8], _ key: RandomKey
    ) {
        let pixels = denoiser.pixels
        let classes = rows.map { Int32(labels[$0]) }
        let noise = rows.map { NormalDraws.array((steps.count + 1) * pixels, from: key.at($0)) }
        denoise(images, parameters, denoiser, classes, noise)
        for index in images.indices { images[index] = min(max(images[index], -1), 1) }
    }

    /// Fills images with noise and takes it out again, step by step.
    ///
    /// - Parameters:
    ///   - images: A row of pixels for each.
    ///   - parameters: Those of `denoiser`.
    ///   - denoiser: The network.
    ///   - classes: The class of each image.
    ///   - noise: For each image that of the beginning, then that of every step.
    ///   - observe: Told of every step before it is made, with the noise that is predicted.
    private func denoise(
        _ images: UnsafeMutableBufferPointer<Float>, _ parameters: [Float], _ denoiser: Denoiser,
        _ classes: [Int32], _ noise: [[Double]],
        observe: (_ index: Int, _ predicted: UnsafeBufferPointer<Float>) -> Void = { _, _ in }
    ) {
        let pixels = denoiser.pixels
        for (row, own) in noise.enumerated() {
            for column in 0..<pixels { images[row * pixels + column] = Float(own[column]) }
        }
        let tape = Tape<Float>()
        for (index, step) in steps.enumerated() {
            tape.pass(parameters) {
                let predicted = tape.elements(
                    of: denoiser.noise(
                        in: tape.input(UnsafeBufferPointer(images), columns: pixels),
                        times: repeatElement(step.time, count: noise.count), labels: classes,
                        on: tape))
                observe(index, predicted)
                advance(
                    images, by: step, predicted: predicted, noise: noise,
                    first: (index + 1) * pixels)
            }
        }
    }

    private func advance(
        _ images: UnsafeMutableBufferPointer<Float>, by step: Step,
        predicted: UnsafeBufferPointer<Float>, noise: [[Double]], first: Int
    ) {
        let (signal, hidden) = (
            Float(step.remaining.squareRoot()), Float((1 - step.remaining).squareRoot())
        )
        let direction = 1 - step.nextRemaining - step.deviation * step.deviation
        let (nextSignal, toward) = (
            Float(step.nextRemaining.squareRoot()), Float(max(0, direction).squareRoot())
        )
        let deviation = Float(step.deviation)
        let pixels = images.count / noise.count
        for (row, own) in noise.enumerated() {
            for column in 0..<pixels {
                let place = row * pixels + column
                var error = predicted[place]
                var image = (images[place] - hidden * error) / signal
                if clips {
                    image = min(max(image, -1), 1)
                    error = (images[place] - signal * image) / hidden
                }
                images[place] =
                    nextSignal * image + toward * error + deviation * Float(own[first + column])
            }
        }
    }
}
