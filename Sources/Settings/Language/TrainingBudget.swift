import Support

/// How long a fit trains.
struct TrainingBudget: TaggedKeys {
    enum Unit: String, CaseIterable, Sendable {
        case epochs, steps, tokens
    }

    static let unit = Key<Unit>("unit", .choice, help: "What the amount counts.")

    static var group: TaggedGroup {
        TaggedGroup(
            tag: unit.name,
            variants: Unit.allCases.map {
                .init($0.rawValue, [amount($0).declaration], help: help($0))
            })
    }

    private static func amount(_ unit: Unit) -> Key<Double> {
        func key(_ amount: Double, _ help: String) -> Key<Double> {
            Key("amount", .number(1e-6...1e15), default: amount, help: help)
        }
        return switch unit {
        case .epochs: key(4, "Passes over the generation's data.")
        case .steps: key(1_000, "Optimizer steps.")
        case .tokens: key(1_000_000, "Tokens trained on.")
        }
    }

    private static func help(_ unit: Unit) -> String {
        switch unit {
        case .epochs: "Grows with the data, as under accumulate."
        case .steps: "The same number of steps for every generation."
        case .tokens: "The same number of tokens for every generation."
        }
    }

    let unit: Unit
    let amount: Double

    init(unit: Unit, amount: Double) {
        self.unit = unit
        self.amount = amount
    }

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        unit = try values[Self.unit]
        amount = try values[Self.amount(unit)]
    }

    /// Optimizer steps over a stream of `tokens` with `tokensPerStep` in a step; at least one.
    func steps(tokens: Int, tokensPerStep: Int) -> Int {
        let steps =
            switch unit {
            case .steps: amount
            case .tokens: amount / Double(tokensPerStep)
            case .epochs: amount * Double(tokens) / Double(tokensPerStep)
            }
        return max(1, Int(exactly: steps.rounded()) ?? .max)
    }
}
