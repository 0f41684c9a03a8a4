import Settings
import Testing

@Suite struct DegreesOfFreedomTests {
    /// The two sides of the fixed point, relative to the larger.
    private func residual(
        _ freedom: DegreesOfFreedom, kappa: Double, penalty: Double, examples: Double
    ) -> Double {
        let right = penalty + kappa * freedom.first(at: kappa) / examples
        return abs(kappa - right) / max(kappa, penalty)
    }

    @Test(
        "kappa solves its equation for flat and falling spectra, above and below interpolation",
        arguments: [0, 0.5, 1.5], [20, 99, 100, 101, 5_000])
    func fixedPoint(exponent: Double, examples: Int) {
        let spectrum = Spectrum.powerLaw(exponent: exponent).eigenvalues(dimension: 100)
        let freedom = DegreesOfFreedom(spectrum: spectrum)
        for penalty in [0, 1e-12, 1e-6, 0.01, 1, 1_000] {
            let n = Double(examples)
            let kappa = freedom.kappa(penalty: penalty, examples: n)
            if penalty == 0 && examples >= 100 {
                #expect(kappa == 0)
                continue
            }
            #expect(kappa > penalty)
            #expect(residual(freedom, kappa: kappa, penalty: penalty, examples: n) < 1e-12)
            // The largest root: the left side is the larger one everywhere beyond it.
            for factor in [1.01, 1.5, 10] {
                let beyond = kappa * factor
                #expect(beyond - penalty > beyond * freedom.first(at: beyond) / n)
            }
        }
    }

    @Test("An isotropic spectrum has one level and agrees with the root of its quadratic")
    func isotropic() {
        let freedom = DegreesOfFreedom(spectrum: Spectrum.isotropic.eigenvalues(dimension: 300))
        #expect(freedom.levels.map(\.count) == [300])
        for (n, penalty) in [(450.0, 0.01), (100, 0.2), (1_200, 3), (200, 0)] {
            let b = 1 - 300 / n - penalty
            let root = (-b + (b * b + 4 * penalty).squareRoot()) / 2
            let kappa = freedom.kappa(penalty: penalty, examples: n)
            #expect(abs(kappa / root - 1) < 1e-12)
        }
    }

    @Test("The worked value of ridge at d = 300, n = 450: variance 1.705 per unit of noise")
    func workedValue() {
        let freedom = DegreesOfFreedom(spectrum: Array(repeating: 1, count: 300))
        let kappa = freedom.kappa(penalty: 0.01, examples: 450)
        #expect(abs(freedom.variance(at: kappa, examples: 450) - 1.7050) < 5e-5)
        #expect(freedom.variance(at: 0, examples: 300) == .infinity)
    }

    @Test("Directions without variance count for nothing")
    func singular() {
        let freedom = DegreesOfFreedom(spectrum: [2, 1, 0, 0])
        #expect(freedom.rank == 2)
        #expect(freedom.first(at: 0) == 2)
        #expect(freedom.kappa(penalty: 0, examples: 2) == 0)
    }
}
