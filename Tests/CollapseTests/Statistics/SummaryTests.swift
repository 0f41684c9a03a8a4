import Collapse
import Testing

@Suite struct SummaryTests {
    @Test func meanAndInterval() {
        let summary = Summary([4.1, 3.9, 4.4, 4.0, 4.2])
        #expect(abs(summary.mean - 4.12) < 1e-12)
        #expect(abs(summary.standardDeviation - 0.192_353_840_616_713_4) < 1e-12)
        // Student's quantile with 4 degrees of freedom is 2.7764451051977987.
        let expected = 2.776_445_105_197_798_7 * summary.standardDeviation / 5.0.squareRoot()
        #expect(abs(summary.halfWidth() - expected) < 1e-9)
    }

    @Test("A large offset costs no digits of the spread")
    func offset() {
        let summary = Summary([1e9 + 1, 1e9 + 2, 1e9 + 3])
        #expect(summary.standardDeviation == 1)
    }

    @Test("An infinite measurement is never hidden in a mean")
    func infinite() {
        let summary = Summary([1, .infinity, 2])
        #expect(summary.mean == .infinity)
        #expect(summary.infiniteCount == 1)
        #expect(summary.halfWidth().isNaN)
        #expect(Summary([.infinity, -.infinity]).mean.isNaN)
    }

    @Test("Means of independent measurements differ as Welch says")
    func unpaired() {
        let first = Summary([4.1, 3.9, 4.4, 4.0, 4.2])
        let difference = UnpairedDifference(first, minus: Summary([3.2, 3.9, 2.1]))
        #expect(abs(difference.mean - 1.053_333_333_333_333) < 1e-12)
        // From scipy 1.17: ttest_ind(a, b, equal_var=False).confidence_interval(0.95).
        #expect(abs(difference.halfWidth - 2.175_173_387_617_912) < 1e-9)
        #expect(UnpairedDifference(first, minus: Summary([1])).halfWidth.isNaN)
        #expect(UnpairedDifference(Summary([2, 2]), minus: Summary([1, 1])).halfWidth == 0)
    }

    @Test func pairs() {
        let difference = PairedDifference([3, 4, 5], minus: [2, 3.5, 4])
        #expect(difference.differences == [1, 0.5, 1])
        #expect(difference.hasOneSign)
        #expect(abs(difference.standardErrors - 5) < 1e-12)
        #expect(!PairedDifference([1, 2], minus: [0, 3]).hasOneSign)
    }

    @Test func singleValueHasNoInterval() {
        #expect(Summary([2]).halfWidth().isNaN)
        #expect(Summary([]).mean.isNaN)
    }
}
