import Collapse

/// Draws of a discrete source, each a cell: a context with the symbol that followed it. Every draw
/// has size 1.
package struct DiscreteDraws: ExampleCollection, Hashable {
    /// The cell c V + v of each draw, as in ``DiscreteSource``.
    package private(set) var cells: [UInt32]
    /// What the model that drew them stands for; nil for real draws.
    package private(set) var lineage: DiscreteLineage?

    package init() { cells = [] }

    package init(cells: [UInt32], lineage: DiscreteLineage? = nil) {
        self.cells = cells
        self.lineage = lineage
    }

    /// The number of draws.
    package var count: Int { cells.count }
    package var totalSize: Int { cells.count }
    package static var hasUnitSizes: Bool { true }
    package func size(at index: Int) -> Int { 1 }

    package func selecting(_ indices: [Int]) -> DiscreteDraws {
        DiscreteDraws(cells: indices.map { cells[$0] }, lineage: lineage)
    }

    package func prefix(size: Int) -> DiscreteDraws {
        size >= cells.count
            ? self : DiscreteDraws(cells: Array(cells.prefix(size)), lineage: lineage)
    }

    /// Adds draws at the end and keeps the lineage of more fits.
    package mutating func append(_ other: DiscreteDraws) {
        cells.append(contentsOf: other.cells)
        lineage = DiscreteLineage.newest(lineage, other.lineage)
    }

    package func contentKey(at index: Int) -> [UInt8] {
        withUnsafeBytes(of: cells[index].littleEndian) { Array($0) }
    }
}

/// What a generation takes over from those before it, for the metrics that look back along a chain.
package struct DiscreteLineage: Hashable, Sendable {
    /// The number of fits up to and including this one.
    package var fits: Int
    /// The first of them whose data had one symbol left in every context.
    package var collapse: Int?
    /// The sum of n_i a_i^2 over the fits, with a_i the real share of the data of size n_i.
    package var effectiveSample: Double

    package init(fits: Int, collapse: Int?, effectiveSample: Double) {
        self.fits = fits
        self.collapse = collapse
        self.effectiveSample = effectiveSample
    }

    static let none = DiscreteLineage(fits: 0, collapse: nil, effectiveSample: 0)

    static func newest(_ first: DiscreteLineage?, _ second: DiscreteLineage?) -> DiscreteLineage? {
        guard let first, let second else { return first ?? second }
        return first.fits >= second.fits ? first : second
    }
}
