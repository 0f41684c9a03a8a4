import Collapse
import Compute
import Testing

@Suite struct WeightedDrawsTests {
    private func counts(
        _ weights: [Double], draws: Int, copies: Int?, seed: Int
    ) -> [Int] {
        WeightedDraws(
            logWeights: weights.map { Elementary.log($0) }, sizes: weights.map { _ in 1 },
            total: draws, copies: copies, from: RandomKey(seed: UInt64(seed), purpose: .test)
        ).counts
    }

    @Test("Without replacement draws follow each other in proportion to what is left")
    func successive() {
        // P({i, j}) = w_i w_j / W (1 / (W - w_i) + 1 / (W - w_j)).
        let weights = [1.0, 2.0, 5.0]
        let trials = 4_000
        var found = [0, 0, 0]
        for seed in 0..<trials {
            let counts = counts(weights, draws: 2, copies: 1, seed: seed)
            #expect(counts.reduce(0, +) == 2 && counts.allSatisfy { $0 <= 1 })
            found[counts.firstIndex(of: 0) ?? 0] += 1
        }
        for missing in 0..<3 {
            let pair = weights.indices.filter { $0 != missing }.map { weights[$0] }
            let probability = pair[0] * pair[1] / 8 * (1 / (8 - pair[0]) + 1 / (8 - pair[1]))
            let deviation = (probability * (1 - probability) * Double(trials)).squareRoot()
            // Beyond 4 deviations with probability 6e-5 each; the seeds are fixed.
            #expect(abs(Double(found[missing]) - probability * Double(trials)) < 4 * deviation)
        }
    }

    @Test("No example is drawn more often than it may be, and none that weighs nothing")
    func limits() {
        for seed in 0..<50 {
            let all = counts([1, 1e-300, 3, 0], draws: 6, copies: 2, seed: seed)
            #expect(all == [2, 2, 2, 0])
            let some = counts([1, 1e-300, 3, 0], draws: 4, copies: 2, seed: seed)
            #expect(some == [2, 0, 2, 0])
            // Nothing else is left to draw.
            #expect(counts([1, 0], draws: 5, copies: 3, seed: seed) == [3, 0])
        }
        // Weights that no number holds are kept apart.
        let huge = WeightedDraws(
            logWeights: [-5_000, -4_000, -6_000], sizes: [3, 3, 3], total: 4, copies: 1,
            from: RandomKey(seed: 0, purpose: .test))
        #expect(huge.counts == [1, 1, 0] && huge.last == 0)
    }

    @Test("With replacement counts are multinomial")
    func independent() {
        let weights = [1.0, 0, 2, 7]
        let counts = counts(weights, draws: 20_000, copies: nil, seed: 3)
        #expect(counts.reduce(0, +) == 20_000)
        for (count, weight) in zip(counts, weights) {
            let probability = weight / 10
            let deviation = (probability * (1 - probability) * 20_000).squareRoot()
            #expect(abs(Double(count) - 20_000 * probability) <= 4 * deviation)
        }
    }

    @Test("Draws end where their sizes reach the total, or where nothing can")
    func sizes() {
        func draws(_ sizes: [Int], _ weights: [Double], copies: Int?) -> WeightedDraws {
            WeightedDraws(
                logWeights: weights.map { Elementary.log($0) }, sizes: sizes, total: 10,
                copies: copies, from: RandomKey(seed: 4, purpose: .test))
        }
        for copies in [nil, 4] {
            let found = draws([3, 4, 0], [1, 1, 1], copies: copies)
            let size = 3 * found.counts[0] + 4 * found.counts[1]
            let last = found.last.map { [3, 4, 0][$0] } ?? 0
            #expect(size >= 10 && size - last < 10)
            #expect(draws([0, 3], [1, 0], copies: copies).counts[1] == 0)
        }
        #expect(draws([0, 3], [1, 0], copies: nil).last == nil)
    }
}
