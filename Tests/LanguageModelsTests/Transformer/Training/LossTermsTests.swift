import Compute
import LanguageModels
import Testing

/// Label smoothing and z-loss: PyTorch checks them within a fit, here the formula itself.
@Suite struct LossTermsTests {
    private static let columns = 37
    private static let padded = 48

    private func loss(
        _ logits: [Double], target: Int, smoothing: Double, z: Double
    ) -> (loss: Double, gradient: [Double]) {
        let row = Buffer<Double>(count: Self.padded)
        for (index, logit) in logits.enumerated() { row.base[index] = logit }
        var nats = 0.0
        var targets = Int32(target)
        var coefficient = 1.0
        Double.kernels.smoothedCrossEntropy(
            row.base, &nats, &targets, &coefficient, 1, Self.columns, Self.padded, smoothing, z)
        return (nats, row.array())
    }

    @Test(arguments: [(0.0, 0.0), (0.1, 0.0), (0.0, 0.02), (0.3, 0.5)])
    func gradientIsTheSlope(smoothing: Double, z: Double) {
        var random = RandomStream(RandomKey(seed: 8, purpose: .test))
        let logits = (0..<Self.columns).map { _ in 2 * random.normal() }
        let (value, gradient) = loss(logits, target: 35, smoothing: smoothing, z: z)
        let level = Elementary.log(logits.reduce(0) { $0 + Elementary.exp($1) })
        let mean = logits.reduce(0, +) / Double(Self.columns)
        let expected =
            level - (1 - smoothing) * logits[35] - smoothing * mean + z * level * level
        #expect(abs(value - expected) < 1e-12)
        for index in 0..<Self.columns {
            var moved = logits
            moved[index] += 1e-6
            let above = loss(moved, target: 35, smoothing: smoothing, z: z).loss
            moved[index] -= 2e-6
            let below = loss(moved, target: 35, smoothing: smoothing, z: z).loss
            #expect(abs((above - below) / 2e-6 - gradient[index]) < 1e-7, "element \(index)")
        }
        #expect(gradient[Self.columns...].allSatisfy { $0 == 0 })
    }

    @Test func everyInstructionSetGivesTheSameBits() {
        var random = RandomStream(RandomKey(seed: 9, purpose: .test))
        let logits = (0..<3 * Self.padded).map { _ in 3 * Float(random.normal()) }
        let results = Float.kernelVariants.map { kernels in
            let rows = Buffer(logits)
            var nats = [0.0, 0.0, 0.0]
            let (targets, coefficients): ([Int32], [Float]) = ([0, 17, 36], [0.5, 0, 1.25])
            kernels.smoothedCrossEntropy(
                rows.base, &nats, targets, coefficients, 3, Self.columns, Self.padded, 0.1, 1e-3)
            return rows.array() + nats.map { Float($0) }
        }
        for result in results.dropFirst() { #expect(result == results[0]) }
    }
}
