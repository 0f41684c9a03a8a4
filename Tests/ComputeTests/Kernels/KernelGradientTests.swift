import Compute
import Testing

/// The backward kernels against central differences of the forward ones, in double precision.
@Suite struct KernelGradientTests {
    /// One layer: what it makes of its inputs, and what it makes of a gradient of that.
    struct Layer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Elements of the input, parameters included.
        var inputs: Int
        var forward: @Sendable ([Double]) -> [Double]
        var backward: @Sendable (_ x: [Double], _ dy: [Double]) -> [Double]
    }

    private static let rows = 3
    private static var kernels: Kernels<Double> { Double.kernels }

    /// Every width is met whole, in part, and both.
    static var layers: [Layer] {
        [5, 16, 37].flatMap { n in
            [layerNorm(n), rootMeanSquareNorm(n), gelu(n), gate(n), rotation(2 * n)]
                + activations(n)
        }
    }

    /// Inputs are (rows, n), then gains, then biases.
    private static func layerNorm(_ n: Int) -> Layer {
        @Sendable func run(_ x: [Double], _ dy: [Double]?) -> [Double] {
            let input = Buffer(x)
            let out = Buffer<Double>(count: rows * n)
            let mean = Buffer<Double>(count: rows)
            let inverse = Buffer<Double>(count: rows)
            let gain = input.base + rows * n
            kernels.layerNormForward(
                out.base, mean.base, inverse.base, input.base, gain, gain + n, rows, n, 1e-5)
            guard let dy else { return out.array() }
            let dx = Buffer<Double>(count: x.count)
            let dOut = Buffer(dy)
            kernels.layerNormBackward(
                dx.base, dx.base + rows * n, dx.base + (rows + 1) * n, dOut.base, input.base, gain,
                mean.base, inverse.base, rows, n)
            return dx.array()
        }
        return Layer(testDescription: "layer norm \(n)", inputs: (rows + 2) * n) {
            run($0, nil)
        } backward: {
            run($0, $1)
        }
    }

    /// Inputs are (rows, n), then gains.
    private static func rootMeanSquareNorm(_ n: Int) -> Layer {
        @Sendable func run(_ x: [Double], _ dy: [Double]?) -> [Double] {
            let input = Buffer(x)
            let out = Buffer<Double>(count: rows * n)
            let inverse = Buffer<Double>(count: rows)
            let gain = input.base + rows * n
            kernels.rmsNormForward(
                out.base, inverse.base, input.base, gain, rows, n, 1e-5)
            guard let dy else { return out.array() }
            let dx = Buffer<Double>(count: x.count)
            let dOut = Buffer(dy)
            kernels.rmsNormBackward(
                dx.base, dx.base + rows * n, dOut.base, input.base, gain, inverse.base, rows, n)
            return dx.array()
        }
        return Layer(testDescription: "root mean square norm \(n)", inputs: (rows + 1) * n) {
            run($0, nil)
        } backward: {
            run($0, $1)
        }
    }

    private static func gelu(_ n: Int) -> Layer {
        Layer(testDescription: "gelu \(n)", inputs: rows * n) { x in
            let input = Buffer(x)
            kernels.geluForward(input.base, input.base, rows * n)
            return input.array()
        } backward: { x, dy in
            let input = Buffer(x)
            let dx = Buffer(dy)
            let out = Buffer<Double>(count: rows * n)
            kernels.geluBackward(dx.base, out.base, input.base, rows * n)
            return dx.array()
        }
    }

    private static func activation(
        _ name: String, _ n: Int,
        _ forward:
            @escaping @Sendable (UnsafeMutablePointer<Double>, UnsafePointer<Double>, Int) -> Void,
        _ backward:
            @escaping @Sendable (UnsafeMutablePointer<Double>, UnsafePointer<Double>, Int) -> Void,
        needsOutput: Bool
    ) -> Layer {
        Layer(testDescription: "\(name) \(n)", inputs: rows * n) { x in
            let input = Buffer(x)
            forward(input.base, input.base, rows * n)
            return input.array()
        } backward: { x, dy in
            let seen = Buffer(x)
            if needsOutput { forward(seen.base, seen.base, rows * n) }
            let dx = Buffer(dy)
            backward(dx.base, seen.base, rows * n)
            return dx.array()
        }
    }

    private static func activations(_ n: Int) -> [Layer] {
        [
            activation(
                "silu", n, kernels.siluForward, kernels.siluBackward, needsOutput: false),
            activation("relu", n, kernels.reluForward, kernels.reluBackward, needsOutput: true),
            activation("tanh", n, kernels.tanhForward, kernels.tanhBackward, needsOutput: true),
        ]
    }

    private static func gate(_ n: Int) -> Layer {
        Layer(testDescription: "silu gate \(n)", inputs: 2 * rows * n) { x in
            let input = Buffer(x)
            let out = Buffer<Double>(count: rows * n)
            kernels.siluGateForward(out.base, input.base, rows, n)
            return out.array()
        } backward: { x, dy in
            let input = Buffer(x)
            let dx = Buffer<Double>(count: 2 * rows * n)
            let out = Buffer<Double>(count: rows * n)
            for row in 0..<rows {
                for j in 0..<n { dx.base[2 * row * n + j] = dy[row * n + j] }
            }
            kernels.siluGateBackward(dx.base, out.base, input.base, rows, n)
            return dx.array()
        }
    }

    private static func rotation(_ width: Int) -> Layer {
        @Sendable func turn(_ x: [Double], _ direction: Double) -> [Double] {
            let half = width / 2
            let angles = (0..<rows * half).map { Double($0) / 7 }
            let cosine = Buffer(angles.map { Elementary.cosinePi($0) })
            let sine = Buffer(angles.map { Elementary.sinePi($0) })
            let position = Buffer<Int32>((0..<rows).map { Int32($0) })
            let values = Buffer(x)
            kernels.rotate(
                values.base, cosine.base, sine.base, position.base, rows, width, 1, width, direction
            )
            return values.array()
        }
        return Layer(testDescription: "rotation \(width)", inputs: rows * width) {
            turn($0, 1)
        } backward: {
            turn($1, -1)
        }
    }

    @Test(arguments: layers)
    func agreeWithCentralDifferences(_ layer: Layer) {
        var random = RandomStream(RandomKey(seed: 31, purpose: .test))
        let x = (0..<layer.inputs).map { _ in random.normal() }
        let dy = layer.forward(x).map { _ in random.normal() }
        let dx = layer.backward(x, dy)
        var (difference, size) = (0.0, 0.0)
        for index in x.indices {
            let step = 1e-5
            var moved = x
            moved[index] += step
            let above = zip(layer.forward(moved), dy).reduce(0) { $0 + $1.0 * $1.1 }
            moved[index] -= 2 * step
            let below = zip(layer.forward(moved), dy).reduce(0) { $0 + $1.0 * $1.1 }
            let slope = (above - below) / (2 * step)
            difference += (slope - dx[index]) * (slope - dx[index])
            size += slope * slope
        }
        let error = (difference / size).squareRoot()
        #expect(error < 1e-6, "relative error \(error)")
    }
}
