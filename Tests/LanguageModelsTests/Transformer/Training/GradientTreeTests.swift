import Compute
import LanguageModels
import Testing

@Suite struct GradientTreeTests {
    /// Numbers of very different sizes, so that every order of adding has its own rounding.
    private static func gradient(_ shard: Int, _ count: Int) -> [Float] {
        var random = RandomStream(RandomKey(seed: 3, purpose: .test, index: shard))
        return (0..<count).map { _ in Float(Elementary.exp(8 * random.normal())) - 1 }
    }

    /// Neighbours added to each other until one is left.
    private static func tree(_ shards: [[Float]]) -> [Float] {
        guard shards.count > 1 else { return shards[0] }
        return tree(
            stride(from: 0, to: shards.count, by: 2).map { index in
                zip(shards[index], shards[index + 1]).map { $0 + $1 }
            })
    }

    @Test(
        "The sum is the tree's to the bit, whoever sums which part",
        arguments: [1, 2, 4, 8, 16], [1, 7, 40_000])
    func bits(shards: Int, count: Int) {
        let gradients = (0..<shards).map { Self.gradient($0, count) }
        let expected = Self.tree(gradients)
        for workers in [1, 2, 3, 4, 16] {
            let tree = GradientTree(shards: shards, workers: workers, count: count)
            let pool = WorkerPool(count: workers)
            let sum = Buffer<Float>(count: count)
            // Twice, because buffers are used again.
            for _ in 0..<2 {
                for group in (0..<tree.groups).reversed() {
                    tree.sum(group: group) { shard, target in
                        target.update(from: gradients[shard], count: count)
                    }
                }
                tree.combine(into: sum.base, pool: pool)
                #expect(sum.array() == expected, "\(workers) workers")
            }
        }
    }

    @Test(
        "There are as many groups as help, a power of two",
        arguments: [
            (16, 1, 1), (16, 2, 2), (16, 3, 4), (16, 100, 16), (1, 4, 1), (4, 4, 4),
        ])
    func groups(shards: Int, workers: Int, groups: Int) {
        #expect(GradientTree(shards: shards, workers: workers, count: 1).groups == groups)
    }

    @Test("Single numbers are summed in the same tree")
    func numbers() {
        var values = [1e16, 1, -1e16, 1]
        let sum = values.withUnsafeMutableBufferPointer { GradientTree.sum($0) }
        #expect(sum == (1e16 + 1) + (-1e16 + 1))
        var single = [3.0]
        #expect(single.withUnsafeMutableBufferPointer { GradientTree.sum($0) } == 3)
    }

    @Test(
        "The default is 16 parts, or as many as a step has sequences for",
        arguments: [
            (1, 1, 1), (3, 1, 2), (8, 1, 8), (8, 2, 16), (32, 1, 16),
        ])
    func defaults(batch: Int, accumulation: Int, shards: Int) throws {
        let configuration = TransformerTrainingConfiguration(
            batchSize: batch, accumulation: accumulation)
        #expect(configuration.shardCount == shards)
        try configuration.validate()
        #expect(throws: TransformerError.self) {
            try TransformerTrainingConfiguration(batchSize: 6, shards: 3).validate()
        }
    }
}
