/// The absolute discounts of one order of a modified Kneser-Ney model.
package struct NGramDiscounts: Sendable, Hashable, Codable {
    /// Taken from n-grams with count 1, 2, and 3 or more.
    package var one: Double
    /// Taken from n-grams with count 2.
    package var two: Double
    /// Taken from n-grams with count 3 or more.
    package var threeOrMore: Double
    /// Whether the counts of counts did not determine them.
    package var isFallback: Bool

    package init(one: Double, two: Double, threeOrMore: Double, isFallback: Bool) {
        self.one = one
        self.two = two
        self.threeOrMore = threeOrMore
        self.isFallback = isFallback
    }

    /// What stands in where the counts of counts give no discount D_k with 0 <= D_k <= k.
    package static let fallback = NGramDiscounts(
        one: 0.5, two: 1, threeOrMore: 1.5, isFallback: true)

    /// Chen and Goodman 1998, equation 26: Y = n1 / (n1 + 2 n2), D_k = k - (k + 1) Y n_{k+1} / n_k.
    /// Nothing where that gives no discounts with 0 <= D_k <= k.
    ///
    /// - Parameter countsOfCounts: n1, n2, n3, n4: how many n-grams have that adjusted count.
    package init?(estimatedFrom countsOfCounts: [Int]) {
        precondition(countsOfCounts.count == 4, "\(countsOfCounts.count) counts of counts")
        guard countsOfCounts[..<3].allSatisfy({ $0 > 0 }) else { return nil }
        let frequencies = countsOfCounts.map { Double($0) }
        let y = frequencies[0] / (frequencies[0] + 2 * frequencies[1])
        let discounts = (1...3).map { (k: Int) -> Double in
            let ratio = frequencies[k] / frequencies[k - 1]
            return Double(k) - Double(k + 1) * y * ratio
        }
        guard zip(1...3, discounts).allSatisfy({ $1 >= 0 && $1 <= Double($0) }) else {
            return nil
        }
        self.init(
            one: discounts[0], two: discounts[1], threeOrMore: discounts[2], isFallback: false)
    }

    /// The estimate, or the fallback where there is none.
    package init(countsOfCounts: [Int]) {
        self = NGramDiscounts(estimatedFrom: countsOfCounts) ?? .fallback
    }

    /// The discount of a whole count.
    subscript(count: Double) -> Double { table[count.index(atMost: 3)] }

    /// What is taken from counts of 0, 1, 2, and 3 or more.
    var table: InlineArray<4, Double> { [0, one, two, threeOrMore] }

    /// What is taken from so many counts of 0, 1, 2, and 3 or more, together, by the ``table`` of
    /// the discounts.
    static func taken(
        _ tally: InlineArray<4, Int>, _ table: InlineArray<4, Double>
    ) -> Double {
        Double(tally[1]) * table[1] + Double(tally[2]) * table[2] + Double(tally[3]) * table[3]
    }
}
