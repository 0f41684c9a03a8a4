import Compute

/// The true distribution of a discrete next-token source: p(v | c) for each symbol v and each
/// context c of the `order` symbols before it, and the distribution of contexts.
///
/// A context is the number (v_1 V + v_2) V ... of its symbols, oldest first, below V^order; a
/// *cell* is the pair of a context and the symbol that follows, c V + v. The context after a cell
/// is the cell modulo V^order.
package struct DiscreteSource: Sendable {
    /// V.
    package let vocabulary: Int
    /// The number of symbols in a context, from 0.
    package let order: Int
    /// V^order.
    package let contexts: Int
    /// p(v | c) at cell c V + v.
    package let distribution: [Double]
    /// The distribution of contexts, which the chain of the source leaves as it is; [1] at order 0.
    package let contextDistribution: [Double]

    /// The entropy of each row, in nats.
    let entropies: [Double]
    let contextTable: AliasTable
    /// The tables of the rows, one after the other.
    let slots: [AliasTable.Slot]

    /// The largest number of cells that a source may have.
    package static let mostCells = 1 << 22

    /// A source with the given rows, each scaled so that it adds up to 1; the stationary
    /// distribution of contexts is found by iteration where it is not given.
    package init(
        vocabulary: Int, order: Int, rows: [Double], contextDistribution: [Double]? = nil
    ) {
        var contexts = 1
        for _ in 0..<order { contexts *= vocabulary }
        precondition(
            rows.count == contexts * vocabulary,
            "\(rows.count) cells for \(contexts) contexts of \(vocabulary) symbols")
        self.vocabulary = vocabulary
        self.order = order
        self.contexts = contexts
        var distribution = rows
        for context in 0..<contexts {
            let cells = context * vocabulary..<(context + 1) * vocabulary
            let total = distribution[cells].reduce(0, +)
            precondition(total > 0, "context \(context) has no symbol that can follow")
            for cell in cells { distribution[cell] /= total }
        }
        self.distribution = distribution
        self.contextDistribution =
            contextDistribution
            ?? DiscreteSource.stationaryDistribution(
                distribution, contexts: contexts, of: vocabulary)
        entropies = (0..<contexts).map { context in
            distribution[context * vocabulary..<(context + 1) * vocabulary]
                .reduce(0) { $1 > 0 ? $0 - $1 * Elementary.log($1) : $0 }
        }
        contextTable = AliasTable(weights: self.contextDistribution)
        slots = distribution.withUnsafeBufferPointer { distribution in
            Array(unsafeUninitializedCapacity: distribution.count) { slots, count in
                for first in stride(from: 0, to: distribution.count, by: vocabulary) {
                    let cells = first..<first + vocabulary
                    AliasTable.build(
                        UnsafeBufferPointer(rebasing: distribution[cells]), total: 1,
                        into: UnsafeMutableBufferPointer(rebasing: slots[cells]))
                }
                count = distribution.count
            }
        }
    }

    /// p(. | c).
    func row(_ context: Int) -> ArraySlice<Double> {
        distribution[context * vocabulary..<(context + 1) * vocabulary]
    }

    /// Averages the distribution before and after a step, so that a source with a period has a
    /// limit too.
    private static func stationaryDistribution(
        _ distribution: [Double], contexts: Int, of vocabulary: Int
    ) -> [Double] {
        var current = Array(repeating: 1 / Double(contexts), count: contexts)
        guard contexts > 1 else { return current }
        for _ in 0..<10_000 {
            var next = current.map { $0 / 2 }
            for cell in distribution.indices {
                next[cell % contexts] += current[cell / vocabulary] * distribution[cell] / 2
            }
            let change = zip(current, next).reduce(0) { $0 + abs($1.0 - $1.1) }
            current = next
            if change < 1e-15 { break }
        }
        let total = current.reduce(0, +)
        return current.map { $0 / total }
    }
}
