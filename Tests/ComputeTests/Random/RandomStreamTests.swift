import Compute
import Testing

@Suite struct RandomStreamTests {
    @Test("Philox4x32-10 gives the known answers of its authors (Random123, kat_vectors)")
    func knownAnswers() {
        let zero = Philox.block(counter: .zero, key: .zero)
        #expect(zero == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
        let ones = Philox.block(
            counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        #expect(ones == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
        let pi = Philox.block(
            counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
            key: SIMD2(0xA409_3822, 0x299F_31D0))
        #expect(pi == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
    }

    @Test("Every coordinate of a key changes the stream, and equal keys give equal streams")
    func keys() {
        let base = RandomKey(seed: 1, stream: 0, generation: 2, purpose: .sample, index: 3)
        let others = [
            RandomKey(seed: 2, stream: 0, generation: 2, purpose: .sample, index: 3),
            RandomKey(seed: 1, stream: 1, generation: 2, purpose: .sample, index: 3),
            RandomKey(seed: 1, stream: 0, generation: 3, purpose: .sample, index: 3),
            RandomKey(seed: 1, stream: 0, generation: 2, purpose: .shuffle, index: 3),
            RandomKey(seed: 1, stream: 0, generation: 2, purpose: .sample, index: 4),
            RandomKey(seed: 1, stream: 0, generation: 2, purpose: .sample, index: 3 + 1 << 40),
        ]
        func words(_ key: RandomKey) -> [UInt64] {
            var stream = RandomStream(key)
            return (0..<4).map { _ in stream.next() }
        }
        #expect(words(base) == words(base))
        for other in others { #expect(words(other) != words(base)) }
    }

    @Test("Whole numbers are uniform: chi-squared over 7 cells stays below its 1 - 1e-6 quantile")
    func uniformBelow() {
        var stream = RandomStream(RandomKey(seed: 4, purpose: .test))
        var counts = Array(repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[stream.below(7)] += 1 }
        let statistic = counts.reduce(0.0) { sum, count in
            let difference = Double(count) - 10_000
            return sum + difference * difference / 10_000
        }
        #expect(statistic < 38.3)
    }

    @Test("Normal draws have the moments of a normal, within 5 standard errors")
    func normals() {
        var stream = RandomStream(RandomKey(seed: 5, purpose: .test))
        let count = 200_000
        var sums = [0.0, 0.0, 0.0]
        for _ in 0..<count {
            let draw = stream.normal()
            sums[0] += draw
            sums[1] += draw * draw
            sums[2] += draw * draw * draw * draw
        }
        let root = Double(count).squareRoot()
        #expect(abs(sums[0] / Double(count)) < 5 / root)
        #expect(abs(sums[1] / Double(count) - 1) < 5 * 2.0.squareRoot() / root)
        #expect(abs(sums[2] / Double(count) - 3) < 5 * 96.0.squareRoot() / root)
    }

    @Test("A lazy permutation holds every position once and every beginning is equally likely")
    func lazyPermutations() {
        var stream = RandomStream(RandomKey(seed: 11, purpose: .test))
        var counts: [[Int]: Int] = [:]
        let rounds = 12_000
        for _ in 0..<rounds {
            var order = LazyPermutation(count: 4)
            var positions: [Int] = []
            while let position = order.next(&stream) { positions.append(position) }
            #expect(positions.sorted() == [0, 1, 2, 3])
            counts[Array(positions.prefix(2)), default: 0] += 1
        }
        #expect(counts.count == 12)
        // Chi-squared with 11 degrees of freedom is above 40 with probability 4e-5.
        let expected = Double(rounds) / 12
        let statistic = counts.values.reduce(0) {
            $0 + (Double($1) - expected) * (Double($1) - expected) / expected
        }
        #expect(statistic < 40)
    }

    @Test("A permutation holds every position once and every order is reached")
    func permutations() {
        var seen: Set<[Int]> = []
        for seed in 0..<200 {
            var stream = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
            let order = stream.permutation(of: 4)
            #expect(order.sorted() == [0, 1, 2, 3])
            seen.insert(order)
        }
        #expect(seen.count == 24)
    }
}
