import Settings
import Testing

/// The formulas against values computed once by other code (Python, with SciPy's root finder),
/// which were compared with simulations there.
@Suite struct RidgeMixtureTheoryTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var spectrum: Spectrum
        var scale = 1.0
        var dimension = 300
        var examples: Double
        var width: Int?
        var penalty = 0.01
        var share: Double
        var quality: Double
        /// B, V, zeta.
        var expected: [Double]
        var tolerance: Double

        var testDescription: String {
            "\(spectrum) n=\(examples) m=\(width.map(String.init) ?? "-") p2=\(share)"
        }

        var terms: RidgeMixtureTheory.Terms {
            let values = spectrum.eigenvalues(dimension: dimension).map { scale * $0 }
            let even = values.map { 1 / (Double(dimension) * $0) }
            return RidgeMixtureTheory(spectrum: values, penalty: penalty, width: width).terms(
                .init(examples: examples, syntheticShare: share, noise: 1),
                signal: even, shift: even.map { quality * $0 })
        }
    }

    private static let powerLaw = Spectrum.powerLaw(exponent: 1.5)

    static let cases: [Case] =
        [
            // Theorem 1, to the four decimals of the table.
            (Spectrum.isotropic, 150.0, 0.1, [0.5001, 0.9617, 0.0457]),
            (.isotropic, 450, 0.5, [0.0021, 1.7050, 0.3315]),
            (.isotropic, 450, 1, [0.0021, 1.7050, 0.4734]),
            (.isotropic, 1_200, 0.5, [0.0002, 0.3219, 0.1620]),
            (powerLaw, 150, 0.5, [0.8249, 0.2783, 0.0708]),
            (powerLaw, 1_200, 1, [0.5651, 0.0404, 0.0886]),
        ].map { spectrum, n, share, expected in
            Case(
                spectrum: spectrum, scale: spectrum == .isotropic ? 1 : 5, examples: n,
                share: share,
                quality: 0.5, expected: expected, tolerance: 6e-5)
        }
        + [
            // Theorem 2, to three decimals.
            (Spectrum.isotropic, 60, 0.5, [1.042, 0.303, 0.185]),
            (.isotropic, 250, 1.0, [0.832, 2.763, 1.223]),
            (.isotropic, 1_200, 0.1, [0.210, 4.470, 0.411]),
            (powerLaw, 150, 1.0, [0.859, 0.119, 0.180]),
            (powerLaw, 400, 0.5, [0.739, 0.216, 0.124]),
        ].map { spectrum, m, share, expected in
            Case(
                spectrum: spectrum, scale: spectrum == .isotropic ? 1 : 5, examples: 250, width: m,
                share: share, quality: 1, expected: expected, tolerance: 6e-4)
        }

    @Test("B, V and zeta of the two theorems", arguments: cases)
    func workedValues(value: Case) {
        let terms = value.terms
        for (found, expected) in zip([terms.bias, terms.variance, terms.zeta], value.expected) {
            #expect(abs(found - expected) < value.tolerance, "\(found) is not \(expected)")
        }
        #expect(abs(terms.testError - value.expected.reduce(0, +)) < 3 * value.tolerance)
    }

    @Test("Zeta rises with the width below m = n, peaks there, falls after it and never to 0 (R5)")
    func doubleDescent() throws {
        let widths = [50, 200, 400, 490, 510, 700, 1_000, 5_000, 20_000]
        let published = [0.006, 0.034, 0.19, 2.20, 2.45, 0.34, 0.275, 0.234, 0.230]
        let zeta = widths.map { width in
            Case(
                spectrum: .isotropic, dimension: 600, examples: 500, width: width, penalty: 1e-6,
                share: 0.1, quality: 0.5, expected: [], tolerance: 0
            ).terms.zeta
        }
        for (found, expected) in zip(zeta, published) {
            #expect(abs(found / expected - 1) < 0.025, "\(found) is not \(expected)")
        }
        let peak = try #require(widths.firstIndex(of: 510))
        #expect(zip(zeta[..<peak], zeta[1...peak]).allSatisfy { $0 < $1 })
        #expect(zip(zeta[peak...], zeta[(peak + 1)...]).allSatisfy { $0 > $1 })
    }

    @Test("Random projections become the inputs themselves as the width grows")
    func wideLimit() {
        for n in [100.0, 250, 900] {
            let expected = Case(
                spectrum: Self.powerLaw, examples: n, penalty: 0.003, share: 0.3,
                quality: 0.7,
                expected: [], tolerance: 0
            ).terms
            // The ridge acts on features whose squares sum to m/d times those of the inputs.
            let width = 100_000_000
            let found = Case(
                spectrum: Self.powerLaw, examples: n, width: width,
                penalty: 0.003 * Double(width) / 300, share: 0.3, quality: 0.7, expected: [],
                tolerance: 0
            ).terms
            #expect(abs(found.bias / expected.bias - 1) < 1e-5)
            #expect(abs(found.variance / expected.variance - 1) < 1e-5)
            #expect(abs(found.zeta / expected.zeta - 1) < 1e-5)
        }
    }

    @Test("At fixed p2 the error falls to p2^2 c^2 and no further (R4)")
    func plateau() {
        for (n, mixed, clean) in [
            (1_000.0, 0.0576, 0.0526), (5_000, 0.0131, 0.0101), (20_000, 0.0051, 0.0025),
        ] {
            func terms(share: Double) -> RidgeMixtureTheory.Terms {
                Case(
                    spectrum: .isotropic, dimension: 50, examples: n, penalty: 1e-8, share: share,
                    quality: 1, expected: [], tolerance: 0
                ).terms
            }
            #expect(abs(terms(share: 0.05).testError - mixed) < 6e-5)
            #expect(abs(terms(share: 0).testError - clean) < 6e-5)
        }
        let limit = Case(
            spectrum: .isotropic, dimension: 50, examples: 1e9, penalty: 0, share: 0.05, quality: 1,
            expected: [], tolerance: 0
        ).terms.testError
        #expect(abs(limit - 0.05 * 0.05) < 1e-6)
    }

    @Test("Without a ridge the mean is infinite for n <= d + 1 and exact beyond")
    func withoutPenalty() {
        func terms(_ n: Double) -> RidgeMixtureTheory.Terms {
            Case(
                spectrum: .isotropic, dimension: 50, examples: n, penalty: 0, share: 0.5,
                quality: 1, expected: [], tolerance: 0
            ).terms
        }
        #expect(terms(50).testError == .infinity)
        #expect(terms(51).testError == .infinity)
        #expect(terms(52).variance == 50)
        #expect(terms(52).bias == 0)
        #expect(terms(20).testError.isFinite)
    }

    @Test("Equal weights are Theorem 1; weights of zero leave the other group alone")
    func weightedGroups() {
        typealias Groups = RidgeMixtureTheory.WeightedGroups
        func groups(_ real: Double, _ synthetic: Double) -> Groups {
            Groups(
                real: .init(share: 0.7, weight: real, noise: 1),
                synthetic: .init(share: 0.3, weight: synthetic, noise: 1))
        }
        let expected = Case(
            spectrum: .isotropic, dimension: 300, examples: 1_000, penalty: 1e-9, share: 0.3,
            quality: 0.5, expected: [], tolerance: 0
        ).terms
        for weight in [0.1, 1, 10] {
            let terms = groups(weight, weight).terms(ratio: 0.3, quality: 0.5)
            #expect(abs(terms.variance / expected.variance - 1) < 1e-7)
            #expect(abs(terms.zeta / expected.zeta - 1) < 1e-7)
        }
        let real = groups(1, 0).terms(ratio: 0.3, quality: 0.5)
        #expect(abs(real.variance - 0.3 / (0.7 - 0.3)) < 1e-9)
        #expect(real.zeta < 1e-12)
        let synthetic = groups(0, 1).terms(ratio: 0.1, quality: 0.5)
        #expect(abs(synthetic.variance - 0.1 / (0.3 - 0.1)) < 1e-9)
        #expect(abs(synthetic.zeta - 0.5) < 1e-9)
        #expect(groups(0, 1).terms(ratio: 0.3, quality: 0.5).testError == .infinity)
    }
}
