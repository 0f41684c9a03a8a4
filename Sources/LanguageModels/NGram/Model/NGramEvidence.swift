/// The counts that a model was estimated from, and how. Its samples are drawn from them, and more
/// data can be added.
package struct NGramEvidence: Sendable, Hashable {
    package let configuration: NGramConfiguration
    /// The discounts of orders 1, 2, ..., under modified Kneser-Ney only.
    package let discounts: [NGramDiscounts]
    /// Unigrams with a positive count.
    package let distinctUnigrams: Int
    /// Counts summed up inside each block of successors.
    let cumulative: NGramCumulativeCounts
}

/// One number for each node, whole in 4 bytes or real in 8: what it and the nodes before it in its
/// block count.
enum NGramCumulativeCounts: Sendable, Hashable {
    case whole(NGramColumn<UInt32>)
    case real(NGramColumn<Double>)

    init(_ counts: [UInt32]) { self = .whole(NGramColumn(counts)) }

    init(_ counts: [Double]) { self = .real(NGramColumn(counts)) }

    subscript(node: Int) -> Double {
        switch self {
        case .whole(let column): Double(column[node])
        case .real(let column): column[node]
        }
    }
}
