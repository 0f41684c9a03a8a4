import Compute
import Networks
import Settings
import Testing

@Suite struct DenoiserTests {
    private struct Reference: Decodable {
        var parameters: [Float]
        var images: [Float]
        var times: [Int]
        var labels: [Int32]
        var target: [Float]
        var noise: [Float]
        var latents: [Float]
        var loss: Double
        var gradient: [Float]
    }

    @Test("Noise, latents, loss and gradient are PyTorch's")
    func reference() throws {
        let reference = try fixture("Diffusion/denoiser.json", as: Reference.self)
        let denoiser = Denoiser(pixels: 6, classes: 3, width: 8, bottleneck: 4, steps: 10)
        #expect(denoiser.layout.count == reference.parameters.count)
        let tape = Tape<Float>()
        var gradient = [Float](repeating: 0, count: denoiser.layout.count)
        func expect(_ found: some Collection<Float>, _ right: [Float], _ what: String) {
            #expect(found.count == right.count, "\(what)")
            for (index, (found, right)) in zip(found, right).enumerated() {
                #expect(abs(found - right) < 2e-5 * max(1, abs(right)), "\(what) \(index)")
            }
        }
        tape.pass(reference.parameters) {
            let x = tape.input(reference.images, columns: 6)
            let noise = denoiser.noise(
                in: x, times: reference.times, labels: reference.labels, on: tape)
            expect(tape.elements(of: noise), reference.noise, "noise")
            let loss = reference.target.withUnsafeBufferPointer {
                Loss.meanSquare(of: noise, target: $0, on: tape)
            }
            #expect(abs(loss - reference.loss) < 1e-5)
            tape.backward(&gradient)
        }
        expect(gradient, reference.gradient, "gradient")
        tape.pass(reference.parameters) {
            let x = tape.input(reference.images, columns: 6)
            let latents = denoiser.latents(of: x, times: reference.times, on: tape)
            expect(tape.elements(of: latents), reference.latents, "latents")
        }
    }

    @Test("What is left of an image falls from all to almost nothing", arguments: [20, 50, 1_000])
    func schedules(steps: Int) {
        for kind in NoiseSchedule.Kind.allCases {
            let left = NoiseSchedule(kind, steps: steps).remaining
            #expect(left.count == steps + 1 && left[0] == 1)
            #expect(
                zip(left, left.dropFirst()).allSatisfy { $0 > $1 || $1 == 1e-4 || $0 == 0.9999 })
            #expect(left[steps] < 2e-4)
        }
        // The product of 1 - beta over all 1,000 steps.
        let last = NoiseSchedule(.linear, steps: steps).remaining[steps]
        #expect(abs(last - 4.035829765376694e-05) < 1e-15)
    }
}
