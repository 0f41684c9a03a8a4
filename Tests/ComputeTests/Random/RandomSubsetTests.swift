import Compute
import Testing

@Suite struct RandomSubsetTests {
    @Test("A subset has its size and ascends", arguments: [1, 2, 63, 64, 65, 128, 1_000, 100_000])
    func shape(count: Int) {
        for size in Set([0, 1, count / 3, count / 2, count - 1, count]) {
            let indices = RandomSubset.indices(
                size, of: count, from: RandomKey(seed: 1, purpose: .test, index: size))
            #expect(indices.count == size)
            #expect(zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 })
            #expect(indices.allSatisfy { (0..<count).contains($0) })
        }
    }

    @Test("Every subset is equally likely: chi-squared stays below its 1 - 1e-6 quantile")
    func uniform() {
        // The quantiles of 9 and 14 degrees of freedom.
        for (size, count, cells, quantile) in [
            (2, 5, 10, 44.8), (3, 5, 10, 44.8), (4, 6, 15, 54.9),
        ] {
            var counts: [[Int]: Int] = [:]
            let draws = 20_000
            for index in 0..<draws {
                let key = RandomKey(seed: 2, purpose: .test, index: index)
                counts[RandomSubset.indices(size, of: count, from: key), default: 0] += 1
            }
            let expected = Double(draws) / Double(cells)
            let statistic = counts.values.reduce(0.0) {
                $0 + (Double($1) - expected) * (Double($1) - expected) / expected
            }
            #expect(counts.count == cells)
            #expect(statistic < quantile, "\(size) of \(count): \(statistic)")
        }
    }
}
