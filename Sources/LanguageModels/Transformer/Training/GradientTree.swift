package import Compute

/// Sums the gradients of a batch's shards in a binary tree over their numbers.
///
/// Shard 0 is added to shard 1, 2 to 3, the sums of those pairs to each other, and so on: the bits
/// depend on the number of shards, a power of two, and not on who computes which. Neighbouring
/// shards form groups, as many as there are workers or some more, of which each sums its part of
/// the tree as its shards come, with one buffer a level.
package final class GradientTree {
    /// Parts of the tree that are computed at the same time.
    package let groups: Int
    /// Neighbouring shards of a group: a power of two.
    let shardsPerGroup: Int
    private let sums: [GroupSum]
    private let count: Int
    private var target: UnsafeMutablePointer<Float>
    private let results: Buffer<UnsafeMutablePointer<Float>>

    /// Numbers of the groups' sums that are added in one go: they stay in the cache.
    private static let chunk = 1 << 14

    /// A tree for gradients of `count` numbers; `shards` must be a power of two.
    package init(shards: Int, workers: Int, count: Int) {
        precondition(shards > 0 && shards & (shards - 1) == 0, "a tree of \(shards) shards")
        var groups = 1
        while groups < min(shards, workers) { groups *= 2 }
        self.groups = groups
        self.count = count
        shardsPerGroup = shards / groups
        let perGroup = shardsPerGroup
        sums = (0..<groups).map { _ in GroupSum(shards: perGroup, count: count) }
        target = sums[0].result
        results = Buffer(uninitialized: groups)
    }

    /// Sums a group; `compute` writes the gradient of a shard, which it overwrites.
    package func sum(
        group: Int, compute: (_ shard: Int, _ target: UnsafeMutablePointer<Float>) -> Void
    ) {
        let first = group * shardsPerGroup
        sums[group].run { compute(first + $0, $1) }
    }

    /// Sums the groups, when all of them are done.
    package func combine(into sum: UnsafeMutablePointer<Float>, pool: WorkerPool) {
        target = sum
        for group in 0..<groups { results.base[group] = sums[group].result }
        pool.perform(tasks: (count + Self.chunk - 1) / Self.chunk, combining)
    }

    /// Made once: a step of training allocates nothing.
    private lazy var combining = WorkerJob { [unowned self] task, _ in
        let start = task * Self.chunk
        let size = min(Self.chunk, count - start)
        var stride = 1
        while stride < groups {
            var group = 0
            while group < groups {
                Float.kernels.add(
                    results.base[group] + start, results.base[group + stride] + start, size)
                group += 2 * stride
            }
            stride *= 2
        }
        (target + start).update(from: results.base[0] + start, count: size)
    }

    /// The same tree of single numbers, a power of two of them, which it overwrites.
    package static func sum(_ values: UnsafeMutableBufferPointer<Double>) -> Double {
        var stride = 1
        while stride < values.count {
            var index = 0
            while index < values.count {
                values[index] += values[index + stride]
                index += 2 * stride
            }
            stride *= 2
        }
        return values[0]
    }
}

/// Adds up shards as they come: a sum of two of a level is one of the next.
private final class GroupSum {
    private let shards: Int
    private let count: Int
    /// The sum of each level that waits for its neighbour.
    private var waiting: [BufferBox]
    /// The shard that is added at once.
    private let current: BufferBox

    init(shards: Int, count: Int) {
        self.shards = shards
        self.count = count
        waiting = (0..<shards.trailingZeroBitCount).map { _ in BufferBox(count: count) }
        current = BufferBox(count: count)
    }

    /// The sum of all shards: where there is only one, that one.
    var result: UnsafeMutablePointer<Float> { (waiting.last ?? current).base }

    func run(_ compute: (_ shard: Int, _ target: UnsafeMutablePointer<Float>) -> Void) {
        for shard in 0..<shards {
            if shard.isMultiple(of: 2), let first = waiting.first {
                compute(shard, first.base)
            } else {
                compute(shard, current.base)
                merge(shard)
            }
        }
    }

    /// Adds an odd shard to the sums that wait for it.
    private func merge(_ shard: Int) {
        var sum = current.base
        let levels = min((~shard).trailingZeroBitCount, waiting.count)
        for level in 0..<levels {
            Float.kernels.add(waiting[level].base, sum, count)
            sum = waiting[level].base
        }
        // The sum of the last level changes places with the one that begins to wait.
        if levels > 0, levels < waiting.count { waiting.swapAt(levels, levels - 1) }
    }
}
