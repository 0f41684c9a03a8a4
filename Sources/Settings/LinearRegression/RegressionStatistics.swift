import Compute

/// What a fit needs of labelled inputs: weights and sums of labels for each row of a table, or the
/// moments X^T X and X^T y once there are several tables and many rows.
package struct RegressionStatistics: Sendable {
    /// A table of inputs with the total weight and the weighted sum of labels of each row.
    struct Block: Sendable {
        var table: InputTable
        var weights: [Double]
        var labels: [Double]
    }

    /// X^T W X and X^T W y.
    struct Moments: Sendable {
        var gram: Matrix
        var products: [Double]
    }

    private(set) var blocks: [Block] = []
    /// The moments of what is in no block any more.
    private(set) var moments: Moments?
    /// The sum of all weights.
    private(set) var total = 0.0

    init(_ examples: LabelledInputs, weights: [Double]?) {
        blocks = examples.tables.map { table in
            let zeros = [Double](repeating: 0, count: table.rows.rows)
            return Block(table: table, weights: zeros, labels: zeros)
        }
        for (index, position) in examples.positions.enumerated() {
            let weight = weights?[index] ?? 1
            blocks[Int(position.table)].weights[Int(position.row)] += weight
            blocks[Int(position.table)].labels[Int(position.row)] += weight * examples.labels[index]
            total += weight
        }
    }

    /// Adds what later examples say. Inputs that are labelled again add to their rows. Several
    /// tables with at least twice as many rows as columns are summed into their moments, which then
    /// say all and stay small.
    mutating func merge(_ later: RegressionStatistics) {
        total += later.total
        for block in later.blocks {
            if let known = blocks.firstIndex(where: { $0.table === block.table }) {
                for row in block.weights.indices {
                    blocks[known].weights[row] += block.weights[row]
                    blocks[known].labels[row] += block.labels[row]
                }
            } else {
                blocks.append(block)
            }
        }
        guard moments != nil || later.moments != nil || isWorthSumming else { return }
        for block in blocks { add(RegressionStatistics.moments(of: block)) }
        blocks = []
        if let others = later.moments { add(others) }
    }

    private var isWorthSumming: Bool {
        guard blocks.count > 1, let columns = blocks.first?.table.rows.columns else { return false }
        return blocks.reduce(0) { $0 + $1.weights.count { $0 > 0 } } >= 2 * columns
    }

    private mutating func add(_ other: Moments) {
        guard var sum = moments else {
            moments = other
            return
        }
        moments = nil
        for index in sum.gram.elements.indices {
            sum.gram.elements[index] += other.gram.elements[index]
        }
        for index in sum.products.indices { sum.products[index] += other.products[index] }
        moments = sum
    }

    private static func moments(of block: Block) -> Moments {
        let rows = scaledRows(of: [block])
        return Moments(
            gram: rows.inputs.gram(),
            products: block.table.rows.transposedTimes(vector: block.labels)
        )
    }

    /// The rows that weigh anything, each times the root of its weight, with their mean labels
    /// scaled alike: least squares of these are the weighted least squares of the examples.
    static func scaledRows(of blocks: [Block]) -> (inputs: Matrix, labels: [Double]) {
        if blocks.count == 1, let only = blocks.first, only.weights.allSatisfy({ $0 == 1 }) {
            return (only.table.rows, only.labels)
        }
        let columns = blocks.first?.table.rows.columns ?? 0
        var elements: [Double] = []
        var labels: [Double] = []
        elements.reserveCapacity(blocks.reduce(0) { $0 + $1.table.rows.elements.count })
        for block in blocks {
            for (row, weight) in block.weights.enumerated() where weight > 0 {
                let root = weight.squareRoot()
                let start = row * columns
                for position in start..<start + columns {
                    elements.append(root * block.table.rows.elements[position])
                }
                labels.append(block.labels[row] / root)
            }
        }
        return (Matrix(rows: labels.count, columns: columns, elements), labels)
    }

    /// The mean label of each row of a table when the examples are its rows alone and all weigh the
    /// same; nil otherwise.
    func meanLabels(of table: InputTable) -> [Double]? {
        guard blocks.count == 1, let only = blocks.first, only.table === table,
            let weight = only.weights.first, weight > 0,
            only.weights.allSatisfy({ $0 == weight })
        else { return nil }
        return weight == 1 ? only.labels : only.labels.map { $0 / weight }
    }

    /// The weights that minimise the weighted sum of squares plus `ridge` times their squared
    /// length.
    func weights(ridge: Double) -> [Double] {
        if let moments {
            return RidgeSolver.weights(
                gram: moments.gram, products: moments.products, ridge: ridge)
        }
        let (inputs, labels) = RegressionStatistics.scaledRows(of: blocks)
        return RidgeSolver.weights(inputs: inputs, labels: labels, ridge: ridge)
    }
}
