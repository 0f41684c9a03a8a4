import Report
import Testing

struct NumberTextTests {
    @Test(arguments: [
        (4.53217, 0.0123, "4.532 ± 0.012"), (-0.5, 0.25, "−0.50 ± 0.25"),
        (123456.7, 12.3, "123\u{202f}457 ± 12"), (1.5, Double.nan, "1.5"),
        (Double.infinity, .nan, "inf"),
        (Double.nan, .nan, "undefined"), (2.0, 0.0, "2 ± 0"),
        (5.000000000000002, 1e-15, "5 ± 0"), (0, 1e-15, "(0.0 ± 1.0) × 10⁻¹⁵"),
        (1.234e-9, 1.2e-11, "(1.234 ± 0.012) × 10⁻⁹"),
    ])
    func meansKeepTwoDigitsOfTheirUncertainty(_ mean: Double, _ half: Double, _ text: String) {
        #expect(NumberText.estimate(mean, halfWidth: half) == text)
    }

    @Test(arguments: [
        (0.05, "0.05"), (1.0, "1"), (0.0, "0"), (-2.5, "−2.5"), (1e-7, "1 × 10⁻⁷"),
        (12345.0, "12\u{202f}345"), (-Double.infinity, "−inf"),
    ])
    func shortNumbersHaveNoNeedlessZeros(_ value: Double, _ text: String) {
        #expect(NumberText.short(value, significant: 5) == text)
    }
}
