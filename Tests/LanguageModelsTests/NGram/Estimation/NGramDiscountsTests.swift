import LanguageModels
import Testing
import Text

@Suite struct NGramDiscountsTests {
    /// Y = 10 / 20; D = 1 - 2/2, 2 - 3/2 * 3/5, 3 - 2 * 1/3.
    @Test func areChenAndGoodmans() throws {
        let found = try #require(NGramDiscounts(estimatedFrom: [10, 5, 3, 1]))
        #expect(!found.isFallback)
        #expect(abs(found.one - 0.5) < 1e-15)
        #expect(abs(found.two - 1.1) < 1e-15)
        #expect(abs(found.threeOrMore - (3 - 2.0 / 3)) < 1e-15)
        #expect(NGramDiscounts(countsOfCounts: [10, 5, 3, 0]).threeOrMore == 3)
    }

    /// A count is missing, or D2 is negative.
    @Test(arguments: [[0, 3, 2, 1], [9, 0, 2, 1], [9, 3, 0, 1], [10, 1, 9, 1]])
    func fallBackWhereTheCountsGiveNone(countsOfCounts: [Int]) {
        #expect(NGramDiscounts(estimatedFrom: countsOfCounts) == nil)
        #expect(NGramDiscounts(countsOfCounts: countsOfCounts) == .fallback)
    }

    @Test func aFallbackIsRecorded() throws {
        // Every n-gram twice: n1 = 0.
        let model = try NGramModel(
            training: TokenDataset(tokens: [1, 2, 3, 1, 2, 3], offsets: [0, 3, 6]),
            vocabularyCount: 20, boundary: 0,
            configuration: NGramConfiguration(order: 3, smoothing: .modifiedKneserNey))
        #expect(model.discounts[2] == .fallback)
        #expect(model.metrics.map { $0.discounts?.isFallback } == [true, true, true])
    }
}
