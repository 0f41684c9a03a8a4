import Collapse
import Compute
import Support

/// The laws that a specification can name.
extension DiscreteSource {
    static var group: TaggedGroup {
        let vocabulary = KeyDeclaration(
            "vocabulary", .integer(1...mostCells), default: nil, help: "The number of symbols.")
        let order = KeyDeclaration(
            "order", .integer(0...2), default: .integer(0),
            help: "How many symbols before the next one it depends on.")
        return TaggedGroup(
            tag: "kind",
            variants: [
                .init(
                    "table",
                    [
                        KeyDeclaration(
                            "rows", .list(.list(.number(-1e300...1e300))), default: nil,
                            help:
                                "The probabilities of the next symbol: one row at order 0, one for each "
                                + "symbol before it at order 1, one for each pair at order 2.")
                    ], help: "A law that is written down."),
                .init("uniform", [vocabulary], help: "Equal probabilities."),
                .init(
                    "zipf",
                    [
                        vocabulary,
                        KeyDeclaration(
                            "exponent", .number(0...100), default: .number(1),
                            help: "a of 1/(i + b)^a for the i-th symbol, i from 1."),
                        KeyDeclaration(
                            "offset", .number(-0.999...1e6), default: .number(2.7),
                            help: "b of 1/(i + b)^a; 0 is Zipf's law."),
                    ], help: "The law of Zipf and Mandelbrot."),
                .init(
                    "dirichlet",
                    [
                        vocabulary, order,
                        KeyDeclaration(
                            "concentration", .number(1e-3...1e6), default: .number(1),
                            help:
                                "The parameter of the symmetric Dirichlet law of each row: below 1 a few "
                                + "symbols have most of the mass."),
                        KeyDeclaration(
                            "support", .optional(.integer(1...mostCells)), default: .null,
                            help: "How many symbols have any mass, the first ones; null for all."),
                        KeyDeclaration(
                            "seed", .integer(0...Int.max), default: .integer(0),
                            help: "The seed of the law, which is the same for every seed of the "
                                + "experiment."),
                    ], help: "Rows drawn once from a Dirichlet law."),
                .init(
                    "corpus",
                    [
                        KeyDeclaration(
                            "corpus", .text, default: nil, help: "A corpus of the folder corpora."),
                        order,
                        KeyDeclaration(
                            "unit", .choice(["words", "characters"]), default: .text("words"),
                            help: "What a symbol is. Words are lower-cased."),
                        KeyDeclaration(
                            "vocabulary", .optional(.integer(1...mostCells)), default: .null,
                            help:
                                "Keeps the most frequent symbols, the last of which stands for all the "
                                + "others; null keeps all."),
                    ], help: "The frequencies of n-grams in the train split of a corpus."),
            ])
    }

    /// The source that the resolved keys under `source` describe.
    ///
    /// - Throws: ``SpecificationIssue`` where no law is described.
    init(_ values: SpecificationValue, resources: SettingResources) throws {
        do {
            switch values.required("kind").textValue {
            case "table": self = try .table(values.required("rows"))
            case "uniform": self = try .independent(values) { _ in 1 }
            case "zipf":
                let exponent = values.required("exponent").numberValue
                let offset = values.required("offset").numberValue
                self = try .independent(values) {
                    Elementary.power(Double($0 + 1) + offset, -exponent)
                }
            case "dirichlet": self = try .dirichlet(values)
            case "corpus": self = try DiscreteCorpus.source(values, resources: resources)
            case let other: preconditionFailure("unknown source \(other)")
            }
        } catch let issue as SpecificationIssue {
            throw issue.within(["source"])
        }
    }

    /// Refuses a vocabulary that cannot be a source's.
    static func check(
        vocabulary: Int, order: Int, key: String = "vocabulary"
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

    private static func independent(
        _ values: SpecificationValue, weight: (Int) -> Double
    ) throws(SpecificationIssue) -> DiscreteSource {
        let vocabulary = values.required("vocabulary").integerValue
        try check(vocabulary: vocabulary, order: 0)
        return DiscreteSource(
            vocabulary: vocabulary, order: 0, rows: (0..<vocabulary).map(weight))
    }

    // MARK: Table

    private static func table(
        _ value: SpecificationValue
    ) throws(SpecificationIssue) -> DiscreteSource {
        let rows = value.listValue.map { $0.listValue.map(\.numberValue) }
        guard let vocabulary = rows.first?.count, vocabulary > 0 else {
            throw SpecificationIssue(
                path: ["rows"], message: "the table is empty: give the probabilities of the symbols"
            )
        }
        try check(vocabulary: vocabulary, order: 0, key: "rows")
        let contexts = [1, vocabulary, vocabulary * vocabulary]
        guard let order = contexts.firstIndex(of: rows.count) else {
            throw SpecificationIssue(
                path: ["rows"],
                message: "\(rows.count) rows for \(vocabulary) symbols: give 1 row (order 0), "
                    + "\(vocabulary) rows (order 1, one context each) or \(vocabulary * vocabulary) "
                    + "rows (order 2)")
        }
        try check(vocabulary: vocabulary, order: order, key: "rows")
        for (index, row) in rows.enumerated() {
            let path = ["rows", String(index)]
            guard row.count == vocabulary else {
                throw SpecificationIssue(
                    path: path,
                    message: "row \(index) has \(row.count) probabilities and row 0 has "
                        + "\(vocabulary): every row has one for each symbol")
            }
            if let place = row.firstIndex(where: { $0 < 0 }) {
                throw SpecificationIssue(
                    path: path + [String(place)],
                    message: "the probability \(row[place]) is negative: it must be 0 to 1")
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

    private static func dirichlet(
        _ values: SpecificationValue
    ) throws(SpecificationIssue) -> DiscreteSource {
        let vocabulary = values.required("vocabulary").integerValue
        let order = values.required("order").integerValue
        try check(vocabulary: vocabulary, order: order)
        let concentration = values.required("concentration").numberValue
        let wanted = values.required("support")
        let support = wanted.isNull ? vocabulary : wanted.integerValue
        guard support <= vocabulary else {
            throw SpecificationIssue(
                path: ["support"],
                message: "\(support) symbols with mass are more than the vocabulary of "
                    + "\(vocabulary): lower support")
        }
        let key = RandomKey(
            seed: UInt64(values.required("seed").integerValue), purpose: .initialise)
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

    /// The logarithm of a gamma draw (Marsaglia and Tsang 2000); below shape 1 through shape + 1 and U^(1/shape).
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
