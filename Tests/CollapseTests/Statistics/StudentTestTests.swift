import Collapse
import Compute
import Testing

@Suite struct StudentTestTests {
    @Test("One-sided p values are those of SciPy's ttest_1samp")
    func values() {
        let test = StudentTest([0.3, -0.1, 0.8, 0.4, 0.2])
        // scipy.stats.ttest_1samp(x, m, alternative=...).pvalue
        #expect(abs(test.above(0) - 0.0469783) < 1e-6)
        #expect(abs(test.below(0) - (1 - 0.0469783)) < 1e-6)
        #expect(abs(test.above(0.1) - 0.1035232) < 1e-6)
        #expect(abs(test.within(1) - max(test.above(-1), test.below(1))) < 1e-15)
    }

    @Test("Without spread the mean is known, and without two values nothing is")
    func corners() {
        #expect(StudentTest([2, 2, 2]).above(1) == 0)
        #expect(StudentTest([2, 2, 2]).above(2) == 1)
        #expect(StudentTest([2]).above(1) == 1)
        #expect(StudentTest([2, .infinity]).above(1) == 1)
        #expect(StudentTest([2, .nan, 1]).above(1) == 1)
    }

    @Test("Holm's correction is that of statsmodels")
    func holm() {
        let adjusted = HolmCorrection.adjusted([0.01, 0.04, 0.03, 0.005, 0.5])
        #expect(
            zip(adjusted, [0.04, 0.09, 0.09, 0.025, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(HolmCorrection.adjusted([]).isEmpty)
        #expect(HolmCorrection.adjusted([0.9, 0.8]) == [1, 1])
    }

    @Test("Of skewed values Johnson's statistic keeps the level on the side that they crowd")
    func skewed() {
        var random = RandomStream(RandomKey(seed: 3, purpose: .test))
        var (plain, modified) = (0, 0)
        for _ in 0..<4_000 {
            // Squares of normal numbers: a mean of 1, and most of them below it.
            let values = (0..<20).map { _ -> Double in
                let normal = random.normal()
                return normal * normal
            }
            if StudentTest(values).below(1) <= 0.025 { plain += 1 }
            if StudentTest(skewed: values).below(1) <= 0.025 { modified += 1 }
        }
        #expect(plain > 200 && modified < plain * 3 / 4)
        #expect(StudentTest(skewed: [1, 2, 3]).above(1) == StudentTest([1, 2, 3]).above(1))
    }
}
