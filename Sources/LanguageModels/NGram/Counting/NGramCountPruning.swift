import Compute

/// Which n-grams are left out of a model, as `lmplz --prune` and `--limit_vocab_file` have it.
///
/// An n-gram goes if its raw count is at most its length's threshold, or if it has a token that is
/// not allowed. What it counts still belongs to its history, which hands it to the shorter one. The
/// boundary and the unknown token stay.
package struct NGramCountPruning: Sendable, Hashable {
    /// The threshold of each length from 1 on; lengths beyond have the last one. Ascending, so that
    /// an n-gram never outlives its parts.
    package let thresholds: [Int]

    /// Leaves out nothing.
    package static let none = NGramCountPruning(checked: [])

    /// - Throws: For thresholds that are negative or descend.
    package init(thresholds: [Int]) throws(NGramError) {
        guard (thresholds.first ?? 0) >= 0,
            zip(thresholds, thresholds.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw NGramError(.invalidThresholds(thresholds)) }
        self.init(checked: thresholds)
    }

    private init(checked thresholds: [Int]) {
        self.thresholds = thresholds
    }

    func threshold(length: Int) -> Int {
        thresholds.isEmpty ? 0 : thresholds[min(length, thresholds.count) - 1]
    }

    /// For each node with its raw count 1 if it is left out and 0 if not, or nothing if none can
    /// be. `isAllowed` is empty where all tokens are.
    func marks<Count>(
        of counts: borrowing NGramCounts<Count>, unknown: UInt32?, isAllowed: [Bool],
        pool: WorkerPool
    ) -> SharedBuffer<UInt8>? {
        guard threshold(length: counts.order) > 0 || !isAllowed.isEmpty else { return nil }
        let marks = Buffer<UInt8>(uninitialized: counts.nodeCount)
        let base = marks.base
        base[0] = 0
        let exempt = Set([counts.boundary] + (unknown.map { [$0] } ?? []))
        let tokens = counts.tokens.base
        for length in 1...counts.order {
            let least = Double(threshold(length: length))
            let column = counts.counts.base
            func isRare(_ node: Int) -> Bool { least > 0 && column[node].real <= least }
            func isForbidden(_ node: Int) -> Bool {
                !isAllowed.isEmpty && !isAllowed[Int(tokens[node])]
                    && !exempt.contains(tokens[node])
            }
            if length == 1 {
                for node in counts.level(1) {
                    let isExempt = exempt.contains(tokens[node])
                    base[node] = !isExempt && (isRare(node) || isForbidden(node)) ? 1 : 0
                }
                continue
            }
            let parts = NGramBlocks.even(counts.level(length - 1), size: 1 << 14)
            let childBegin = counts.childBegin.base
            pool.perform(tasks: parts.count) { part, _ in
                for context in parts[part] {
                    for node in Int(childBegin[context])..<Int(childBegin[context + 1]) {
                        base[node] =
                            base[context] == 1 || isRare(node) || isForbidden(node) ? 1 : 0
                    }
                }
            }
        }
        return SharedBuffer(marks)
    }
}
