import Compute
import Support

/// The distributions that a specification can name.
extension DiscreteSource {
    static let symbols = Key(
        "vocabulary", .integer(1...mostCells), help: "The number of symbols.")
    static let contextLength = Key(
        "order", .integer(0...2), default: 0,
        help: "How many symbols before the next one it depends on.")
    private static let rows = Key(
        "rows", .list(.list(.number(-1e300...1e300))),
        help:
            "The probabilities of the next symbol: one row at order 0, one for each "
            + "symbol before it at order 1, one for each pair at order 2.")
    static let exponent = Key(
        "exponent", .number(0...100), default: 1,
        help: "a of 1/(i + b)^a for the i-th symbol, i from 1.")
    static let offset = Key(
        "offset", .number(-0.999...1e6), default: 2.7,
        help: "b of 1/(i + b)^a; 0 is Zipf's law.")
    private static let concentration = Key(
        "concentration", .number(1e-3...1e6), default: 1,
        help:
            "The parameter of the symmetric Dirichlet distribution of each row: below 1 a few "
            + "symbols have most of the mass.")
    private static let support = Key<Int?>(
        "support", .optional(.integer(1...mostCells)), default: .some(nil),
        help: "How many symbols have any mass, the first ones; null for all.")
    private static let seed = Key(
        "seed", .integer(0...Int.max), default: 0,
        help: "The seed of the distribution, which is the same for every seed of the experiment.")

    @KeyList static var tableKeys: [KeyDeclaration] { rows }

    @KeyList static var uniformKeys: [KeyDeclaration] { symbols }

    @KeyList static var zipfKeys: [KeyDeclaration] {
        symbols
        exponent
        offset
    }

    @KeyList static var dirichletKeys: [KeyDeclaration] {
        symbols
        contextLength
        concentration
        support
        seed
    }

    /// Refuses a vocabulary that cannot be a source's.
    static func check(
        vocabulary: Int, order: Int, key: String = symbols.name
    ) throws(SpecificationIssue) {
        guard vocabulary >= 2 else {
            throw SpecificationIssue(
                path: [key],
                message: "a source of \(vocabulary) symbol has nothing to predict: give at least 2")
        }
        var cells = vocabulary
        for _ in 0..<order where cells <= mostCells { cells *= vocabulary }
        guard cells <= mostCells else {
            throw SpecificationIssue(
                path: [key],
                message: "order \(order) over \(vocabulary) symbols has more than the \(mostCells) "
                    + "n-grams that fit: lower vocabulary or order")
        }
    }

    // MARK: Independent symbols

    static func uniform(
        _ values: SpecificationValue
    ) throws(SpecificationIssue) -> DiscreteSource {
        try independent(try values[symbols]) { _ in 1 }
    }

    static func zipf(_ values: SpecificationValue) throws(SpecificationIssue) -> DiscreteSource {
        let exponent = try values[Self.exponent]
        let offset = try values[Self.offset]
        return try independent(try values[symbols]) {
            Elementary.power(Double($0 + 1) + offset, -exponent)
        }
    }

    private static func independent(
        _ vocabulary: Int, weight: (Int) -> Double
    ) throws(SpecificationIssue) -> DiscreteSource {
        try check(vocabulary: vocabulary, order: 0)
        return DiscreteSource(
            vocabulary: vocabulary, order: 0, rows: (0..<vocabulary).map(weight))
    }

    // MARK: Table

    static func table(_ values: SpecificationValue) throws(SpecificationIssue) -> DiscreteSource {
        let key = Self.rows.name
        let rows = try values[Self.rows]
        guard let vocabulary = rows.first?.count, vocabulary > 0 else {
            throw SpecificationIssue(
                path: [key], message: "the table is empty: give the probabilities of the symbols"
            )
        }
        try check(vocabulary: vocabulary, order: 0, key: key)
        let contexts = [1, vocabulary, vocabulary * vocabulary]
        guard let order = contexts.firstIndex(of: rows.count) else {
            throw SpecificationIssue(
                path: [key],
                message: "\(rows.count) rows for \(vocabulary) symbols: give 1 row (order 0), "
                    + "\(vocabulary) rows (order 1, one context each) or \(vocabulary * vocabulary) "
                    + "rows (order 2)")
        }
        try check(vocabulary: vocabulary, order: order, key: key)
        for (index, row) in rows.enumerated() {
            let path = [key, String(index)]
            guard row.count == vocabulary else {
                throw SpecificationIssue(
                    path: path,
                    message: "row \(index) has \(row.count) probabilities and row 0 has "
                        + "\(vocabulary): every row has one for each symbol")
            }
            if let position = row.firstIndex(where: { $0 < 0 }) {
                throw SpecificationIssue(
                    path: path + [String(position)],
                    message: "the probability \(row[position]) is negative: it must be 0 to 1")
            }
            let total = row.reduce(0, +)
            guard total > 0 else {
                throw SpecificationIssue(
                    path: path,
                    message:
                        "row \(index) has no symbol with a probability above 0: its support is "
                        + "empty")
            }
            guard abs(total - 1) <= 1e-6 else {
                throw SpecificationIssue(
                    path: path,
                    message: "row \(index) adds up to \(total), not to 1: divide it by \(total)")
            }
        }
        return DiscreteSource(
            vocabulary: vocabulary, order: order, rows: rows.flatMap { $0 })
    }

    // MARK: Dirichlet

    static func dirichlet(
        _ values: SpecificationValue
    ) throws(SpecificationIssue) -> DiscreteSource {
        let vocabulary = try values[symbols]
        let order = try values[contextLength]
        try check(vocabulary: vocabulary, order: order)
        let concentration = try values[Self.concentration]
        let support = try values[Self.support] ?? vocabulary
        guard support <= vocabulary else {
            throw SpecificationIssue(
                path: [Self.support.name],
                message: "\(support) symbols with mass are more than the vocabulary of "
                    + "\(vocabulary): lower support")
        }
        let key = RandomKey(
            seed: UInt64(try values[seed]), purpose: .initialise)
        var contexts = 1
        for _ in 0..<order { contexts *= vocabulary }
        var rows: [Double] = []
        for context in 0..<contexts {
            var random = RandomStream(key.at(context))
            var row = (0..<support).map { _ in
                logGamma(shape: concentration, from: &random)
            }
            // Relative to the largest, so that a tiny concentration leaves mass somewhere.
            let largest = row.max() ?? 0
            row = row.map { Elementary.exp($0 - largest) }
            rows += row + Array(repeating: 0, count: vocabulary - support)
        }
        return DiscreteSource(vocabulary: vocabulary, order: order, rows: rows)
    }

    /// The logarithm of a gamma draw (Marsaglia and Tsang 2000); below shape 1 through shape + 1
    /// and U^(1/shape).
    private static func logGamma(shape: Double, from random: inout RandomStream) -> Double {
        guard shape >= 1 else {
            let boost = Elementary.log(1 - random.uniform()) / shape
            return logGamma(shape: shape + 1, from: &random) + boost
        }
        let d = shape - 1 / 3.0
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = random.normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            let u = 1 - random.uniform()
            if Elementary.log(u) < 0.5 * x * x + d - d * v + d * Elementary.log(v) {
                return Elementary.log(d * v)
            }
        }
    }
}
