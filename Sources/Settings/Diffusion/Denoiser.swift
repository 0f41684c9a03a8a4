import Compute
package import Networks

/// A trained denoiser.
package struct TrainedDenoiser: Hashable, Sendable {
    /// As `Denoiser.layout` has them.
    package var parameters: [Float]
    /// Where its optimizer was, if a later fit goes on from there.
    package var optimizer: Adam<Float>.State?

    package init(parameters: [Float], optimizer: Adam<Float>.State? = nil) {
        self.parameters = parameters
        self.optimizer = optimizer
    }
}

/// The network that predicts the noise in an image: a small U-Net of linear layers, p - h - h - b - h
/// - h - p with one skip connection, into whose layers time and class are added.
///
/// Legend: p pixels, h the width, b the bottleneck.
package struct Denoiser: Hashable, Sendable {
    package let pixels: Int
    package let classes: Int
    package let bottleneck: Int
    /// Where the parameters lie.
    package let layout: NetworkLayout

    private let time: LinearLayer
    private let classEmbedding: EmbeddingLayer
    private let input: LinearLayer
    private let down1: LinearLayer
    private let down2: LinearLayer
    private let up1: LinearLayer
    private let up2: LinearLayer
    private let output: LinearLayer
    private let intoBottleneck: LinearLayer
    private let intoUp: LinearLayer
    /// The sines and cosines of each step of noise from 0 on, row after row.
    private let timeFeatures: [Float]

    /// Sines and cosines of the time.
    private static let timeWidth = 32

    package init(pixels: Int, classes: Int, width: Int, bottleneck: Int, steps: Int) {
        self.pixels = pixels
        self.classes = classes
        self.bottleneck = bottleneck
        var layout = NetworkLayout()
        time = layout.linear(Self.timeWidth, width)
        classEmbedding = layout.embedding(classes, width: width)
        input = layout.linear(pixels, width)
        down1 = layout.linear(width, width)
        down2 = layout.linear(width, bottleneck)
        up1 = layout.linear(bottleneck, width)
        up2 = layout.linear(2 * width, width)
        output = layout.linear(width, pixels)
        intoBottleneck = layout.linear(width, bottleneck)
        intoUp = layout.linear(width, width)
        self.layout = layout
        timeFeatures = (0...steps).flatMap { Self.features(ofTime: Double($0) / Double(steps)) }
    }

    /// Sines and cosines of 1,000 times a share of the steps, at rates that fall from 1 to 1/10,000.
    private static func features(ofTime share: Double) -> [Float] {
        let half = timeWidth / 2
        let angles = (0..<half).map { index in
            1_000 * share
                * Elementary.exp(-Elementary.log(10_000) * Double(index) / Double(half - 1))
        }
        return angles.map { Float(Elementary.sinePi($0 / .pi)) }
            + angles.map { Float(Elementary.cosinePi($0 / .pi)) }
    }

    /// The noise in some images.
    ///
    /// - Parameters:
    ///   - x: The images, a row each.
    ///   - times: The steps of noise of each.
    ///   - labels: The class of each.
    ///   - tape: Where it is computed.
    /// - Returns: A row of pixels for each image.
    package func noise(
        in x: Tape<Float>.Value, times: some Collection<Int>, labels: some Collection<Int32>,
        on tape: Tape<Float>
    ) -> Tape<Float>.Value {
        let condition = tape.sum(
            condition(times, on: tape), tape.rows(of: classEmbedding, at: labels))
        let (skipped, latents) = encoded(x, condition, on: tape)
        let wide = tape.linear(latents, up1, adding: tape.linear(condition, intoUp))
        let joined = tape.columns(tape.apply(.silu, to: wide), skipped)
        return tape.linear(tape.apply(.silu, to: tape.linear(joined, up2)), output)
    }

    /// The bottleneck's activations for some images whose class is not told.
    package func latents(
        of x: Tape<Float>.Value, times: some Collection<Int>, on tape: Tape<Float>
    ) -> Tape<Float>.Value {
        encoded(x, condition(times, on: tape), on: tape).latents
    }

    private func condition(
        _ times: some Collection<Int>, on tape: Tape<Float>
    ) -> Tape<Float>.Value {
        let features = tape.input(rows: times.count, columns: Self.timeWidth) { out in
            for (row, time) in times.enumerated() {
                for column in 0..<Self.timeWidth {
                    out[row * Self.timeWidth + column] =
                        timeFeatures[time * Self.timeWidth + column]
                }
            }
        }
        return tape.apply(.silu, to: tape.linear(features, time))
    }

    private func encoded(
        _ x: Tape<Float>.Value, _ condition: Tape<Float>.Value, on tape: Tape<Float>
    ) -> (skipped: Tape<Float>.Value, latents: Tape<Float>.Value) {
        let first = tape.apply(.silu, to: tape.linear(x, input, adding: condition))
        let skipped = tape.sum(tape.apply(.silu, to: tape.linear(first, down1)), first)
        let narrow = tape.linear(skipped, down2, adding: tape.linear(condition, intoBottleneck))
        return (skipped, tape.apply(.silu, to: narrow))
    }
}
