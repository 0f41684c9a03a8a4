import Compute

/// Memory that sampling stages use again for each token. One per worker.
final class SamplingScratch {
    /// (padded vocabulary)
    let weights: Buffer<Float>
    let ranking: TokenRanking
    /// (vocabulary): the last round in which a token was seen.
    private let rounds: Buffer<UInt32>
    private var round: UInt32 = 0

    init(vocabularyCount: Int) {
        let padded = (vocabularyCount + 15) / 16 * 16
        weights = Buffer(count: padded)
        ranking = TokenRanking(count: vocabularyCount)
        rounds = Buffer(count: vocabularyCount)
    }

    /// Calls `body` once for each token that occurs in `tokens`.
    func forEachDistinct(_ tokens: [UInt32], _ body: (Int) -> Void) {
        if round == .max {
            rounds.base.update(repeating: 0, count: rounds.count)
            round = 0
        }
        round += 1
        for token in tokens where rounds.base[Int(token)] != round {
            rounds.base[Int(token)] = round
            body(Int(token))
        }
    }
}

/// Tokens in falling order of a key, as many as are asked for: a heap, so that the first few of
/// many cost little.
final class TokenRanking {
    /// (vocabulary): the keys; whoever ranks writes them first.
    let keys: Buffer<Float>
    private let heap: Buffer<Int32>
    private var end = 0

    init(count: Int) {
        keys = Buffer(count: count)
        heap = Buffer(count: count)
    }

    /// Begins anew with the keys as they are.
    func begin() {
        end = keys.count
        for token in 0..<end { heap.base[token] = Int32(truncatingIfNeeded: token) }
        for index in stride(from: end / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    /// The next token; of equal keys that of the smaller id. nil after the last.
    func next() -> Int? {
        guard end > 0 else { return nil }
        end -= 1
        let first = heap.base[0]
        heap.base[0] = heap.base[end]
        heap.base[end] = first
        sink(0)
        return Int(first)
    }

    /// Calls `body` for each token that has not come yet.
    func forEachRemaining(_ body: (Int) -> Void) {
        for index in 0..<end { body(Int(heap.base[index])) }
    }

    /// Restores the heap below `index`: no token comes before the one above it.
    private func sink(_ index: Int) {
        let (heap, keys, end) = (self.heap.base, self.keys.base, self.end)
        guard index < end else { return }
        func isBefore(_ a: Int32, _ b: Int32) -> Bool {
            let (x, y) = (keys[Int(a)], keys[Int(b)])
            return x > y || (x == y && a < b)
        }
        var index = index
        let token = heap[index]
        while 2 * index + 1 < end {
            var child = 2 * index + 1
            if child + 1 < end, isBefore(heap[child + 1], heap[child]) { child += 1 }
            if !isBefore(heap[child], token) { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = token
    }
}
