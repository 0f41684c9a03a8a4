import Collapse
import Compute
import Testing

@Suite struct PowerLawTests {
    private let sizes: [Double] = [100, 200, 500, 1_000, 5_000, 20_000, 100_000]

    @Test(
        "A law without noise is found again",
        arguments: [(0, 50, 1), (3.2, 40, 0.5), (0.0025, 50, 1.0), (-4, 2, 0.1), (1e-9, 1e3, 2.5)])
    func exact(offset: Double, scale: Double, exponent: Double) throws {
        let values = sizes.map { offset + scale * Elementary.power($0, -exponent) }
        let law = try #require(
            PowerLaw(sizes: sizes, values: values, errors: values.map { 0.01 * abs($0) }))
        #expect(abs(law.exponent - exponent) < 1e-4 * exponent)
        #expect(abs(law.offset - offset) < 1e-3 * abs(offset) + 1e-9)
        #expect(law.isDetermined)
        for (size, value) in zip(sizes, values) {
            #expect(abs(law.value(at: size) - value) < 1e-5 * abs(value) + 1e-12)
        }
    }

    /// scipy.optimize.curve_fit of the same values and errors gives these constants.
    @Test("The weighted least squares are those of SciPy")
    func reference() throws {
        let law = try #require(
            PowerLaw(
                sizes: [10, 20, 50, 100, 200, 500], values: [3.1, 2.4, 1.85, 1.52, 1.41, 1.3],
                errors: [0.2, 0.15, 0.1, 0.05, 0.04, 0.03]))
        #expect(abs(law.offset - SciPy.offset) < 1e-4)
        #expect(abs(law.scale - SciPy.scale) < 1e-3)
        #expect(abs(law.exponent - SciPy.exponent) < 1e-4)
    }

    private enum SciPy {
        static let offset = 1.184066
        static let scale = 10.44547
        static let exponent = 0.727586
    }

    @Test("What does not fall with the size has no exponent")
    func flat() throws {
        let law = try #require(
            PowerLaw(
                sizes: sizes, values: sizes.map { 2 + 1e-6 * $0 }, errors: sizes.map { _ in 0.1 }))
        #expect(!law.isDetermined)
        #expect(PowerLaw(sizes: [1, 2, 3], values: [3, 2, 1], errors: [1, 1, 1]) == nil)
        #expect(
            PowerLaw(sizes: sizes, values: sizes.map { _ in .infinity }, errors: sizes) == nil)
    }
}
