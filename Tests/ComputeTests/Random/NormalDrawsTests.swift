import Compute
import Foundation
import Testing

@Suite struct NormalDrawsTests {
    private let key = RandomKey(
        seed: 0x1234_5678_9ABC_DEF0, stream: 3, generation: 7, purpose: .test, index: 1 << 40 + 5)

    /// Box-Muller on one Philox block in the C library's extended precision; the words come from
    /// ``RandomStream``, whose first block they are.
    private func reference(block: Int) -> (Float80, Float80) {
        var stream = RandomStream(key)
        for _ in 0..<2 * block { _ = stream.next() }
        let (first, second) = (stream.next(), stream.next())
        let u = 1 - Float80(first >> 12) * 0x1p-52
        let radius = (-2 * logl(u)).squareRoot()
        let angle = Float80.pi / 2 * (Float80(second >> 12) * 0x1p-52 - 0.5)
        let cosine = (second & 1 == 0 ? 1 : -1) * radius * cosl(angle)
        let sine = radius * sinl(angle)
        return second & 2 == 0 ? (cosine, sine) : (sine, cosine)
    }

    @Test("Draws are within 3 units in the last place of the exact transform of their words")
    func accuracy() {
        let draws = NormalDraws.array(20_000, from: key)
        var worst = Float80(0)
        for block in 0..<10_000 {
            let exact = reference(block: block)
            for (draw, value) in [(draws[2 * block], exact.0), (draws[2 * block + 1], exact.1)] {
                worst = max(worst, abs(Float80(draw) - value) / Float80(Double(value).ulp))
            }
        }
        #expect(worst < 3, "\(worst) ulp")
    }

    @Test("Every variant of the kernel gives the same bits")
    func variants() {
        let draws = NormalDraws.array(5_001, from: key, startingAt: 3)
        for index in NormalDraws.variants.indices {
            let others = NormalDraws.array(5_001, from: key, startingAt: 3, variant: index)
            #expect(others == draws, "\(NormalDraws.variants[index])")
        }
    }

    @Test(
        "A draw depends on its key and position alone", arguments: [0, 1, 2, 31, 32, 33, 64, 999])
    func positions(first: Int) {
        let all = NormalDraws.array(1_100, from: key)
        for count in [0, 1, 2, 30, 31, 32, 33, 97] {
            #expect(
                NormalDraws.array(count, from: key, startingAt: first)
                    == Array(all[first..<first + count]))
        }
        #expect(NormalDraws.array(64, from: key.at(1)) != Array(all[..<64]))
    }

    /// The number of draws of the tests of their distribution.
    private static let count = 1 << 21

    @Test("Moments up to the eighth, pairs and neighbours are those of independent normals")
    func moments() {
        let draws = NormalDraws.array(Self.count, from: key)
        let root = Double(Self.count).squareRoot()
        // E[x^2k] = (2k - 1)!!, and the standard error follows from the moment of twice the order.
        // A z-score beyond 5 has a probability of 6e-7 with another key; with this one the outcome
        // never changes.
        let even = [1.0, 1, 3, 15, 105, 945, 10_395, 135_135, 2_027_025]
        for order in 1...8 {
            let mean = draws.reduce(0) { $0 + pow($1, Double(order)) } / Double(Self.count)
            let expected = order % 2 == 0 ? even[order / 2] : 0
            let spread = (even[order] - expected * expected).squareRoot()
            #expect(abs(mean - expected) / spread * root < 5, "moment \(order)")
        }
        for lag in 1...3 {
            for power in [1.0, 2] {
                let centre = power == 1 ? 0.0 : 1.0
                let sum = (lag..<Self.count).reduce(0) {
                    $0 + (pow(draws[$1], power) - centre) * (pow(draws[$1 - lag], power) - centre)
                }
                #expect(abs(sum) / (power == 1 ? 1 : 2) / root < 5, "lag \(lag), power \(power)")
            }
        }
    }

    @Test("The distribution is normal from the middle to the tail, on both sides")
    func distribution() {
        let draws = NormalDraws.array(Self.count, from: key, startingAt: 1 << 32)
        for limit in [-4.5, -4, -3, -2, -1, -0.25, 0, 0.25, 1, 2, 3, 4, 4.5] {
            let expected = Double(Self.count) * erfc(-limit / 2.0.squareRoot()) / 2
            let count = Double(draws.count { $0 < limit })
            let spread = (expected * (1 - expected / Double(Self.count))).squareRoot()
            #expect(abs(count - expected) < 5 * spread, "below \(limit): \(count) of \(expected)")
        }
    }
}
