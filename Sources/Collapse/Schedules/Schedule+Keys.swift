public import Support

extension Schedule {
    /// The word of each shape in a specification.
    private enum Form: String, CaseIterable, Sendable {
        case constant, linear, power, exponential, step, cosine, table
    }

    /// The keys of the shapes, of values within a range.
    private struct Keys {
        let value: Key<Double>
        let from: Key<Double>
        let to: Key<Double>
        let scale: Key<Double>
        let initial: Key<Double>
        let stepValues: Key<[Double]>
        let tableValues: Key<[Double]>

        /// Reading does not ask for the range, which was checked against the type.
        static let reading = Keys(-.greatestFiniteMagnitude ... .greatestFiniteMagnitude)

        static let form = Key<Form>("schedule", .choice, help: "The shape over generations.")
        static let horizon = Key(
            "horizon", .integer(1...1_000_000),
            help: "The generation at which the end value is reached.")
        static let exponent = Key(
            "exponent", .number(-100...100),
            help: "b of scale * (t + 1)^-b; negative values grow.")
        static let factor = Key(
            "factor", .number(0...1e6), help: "What each generation multiplies by.")
        static let at = Key(
            "at", .list(.integer(1...1_000_000)),
            help: "The generations from which the next value holds, increasing.")

        init(_ range: ClosedRange<Double>) {
            value = Key("value", .number(range), help: "The value.")
            from = Key("from", .number(range), help: "Value at t = 0.")
            to = Key("to", .number(range), help: "Value at the horizon.")
            scale = Key("scale", .number(range), help: "Value at t = 0.")
            initial = Key("initial", .number(range), help: "Value at t = 0.")
            stepValues = Key(
                "values", .list(.number(range)), help: "The values, one more than the steps.")
            tableValues = Key(
                "values", .list(.number(range)), help: "One value for each generation from 0.")
        }

        func variant(_ form: Form) -> TaggedGroup.Variant {
            .init(form.rawValue, keys(of: form), help: help(of: form))
        }

        private func keys(of form: Form) -> [KeyDeclaration] {
            switch form {
            case .constant: [value.declaration]
            case .linear, .cosine: [from.declaration, to.declaration, Self.horizon.declaration]
            case .power: [scale.declaration, Self.exponent.declaration]
            case .exponential: [initial.declaration, Self.factor.declaration]
            case .step: [stepValues.declaration, Self.at.declaration]
            case .table: [tableValues.declaration]
            }
        }

        private func help(of form: Form) -> String {
            switch form {
            case .constant: "The same value in every generation."
            case .linear: "A straight line up to the horizon, constant afterwards."
            case .power: "A power of t + 1."
            case .exponential: "A geometric sequence."
            case .step: "Constant between steps."
            case .cosine: "Half a cosine up to the horizon, constant afterwards."
            case .table: "Explicit values."
            }
        }
    }

    /// The type of a schedule in a specification, with values within a range; a bare number is a
    /// constant, and where `constantsNameResults` results are named by the number alone.
    public static func type(
        _ range: ClosedRange<Double>, constantsNameResults: Bool = false
    ) -> KeyType {
        let keys = Keys(range)
        return .tagged(
            TaggedGroup(
                tag: Keys.form.name, variants: Form.allCases.map(keys.variant),
                shorthand: .init(
                    type: keys.value.declaration.type, variant: Form.constant.rawValue,
                    key: keys.value.name, namesResults: constantsNameResults)))
    }

    fileprivate static func written(constant value: Double) -> SpecificationValue {
        .map([
            .init(Keys.form.name, .text(Form.constant.rawValue)),
            .init(Keys.reading.value.name, .number(value)),
        ])
    }

    /// The schedule that a resolved specification value describes.
    ///
    /// - Throws: `SpecificationIssue` where the fields contradict each other.
    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        let keys = Keys.reading
        switch try value[Keys.form] {
        case .constant: self = .constant(try value[keys.value])
        case .linear:
            self = .linear(
                from: try value[keys.from], to: try value[keys.to],
                horizon: try value[Keys.horizon])
        case .power:
            self = .power(scale: try value[keys.scale], exponent: try value[Keys.exponent])
        case .exponential:
            self = .exponential(initial: try value[keys.initial], factor: try value[Keys.factor])
        case .step: self = try .steps(values: value[keys.stepValues], at: value[Keys.at])
        case .cosine:
            self = .cosine(
                from: try value[keys.from], to: try value[keys.to],
                horizon: try value[Keys.horizon])
        case .table:
            let values = try value[keys.tableValues]
            guard !values.isEmpty else {
                throw SpecificationIssue(
                    path: [keys.tableValues.name], message: "a table needs a value")
            }
            self = .table(values)
        }
    }

    private static func steps(
        values: [Double], at: [Int]
    ) throws(SpecificationIssue) -> Schedule {
        guard values.count == at.count + 1 else {
            throw SpecificationIssue(
                path: [Keys.reading.stepValues.name],
                message: "a step schedule with \(at.count) steps needs \(at.count + 1) values, "
                    + "not \(values.count)")
        }
        guard zip(at, at.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw SpecificationIssue(
                path: [Keys.at.name],
                message: "the generations of a step schedule must increase")
        }
        return .step(values: values, at: at)
    }
}

extension Shape where Value == Schedule {
    /// A schedule with values within a range, whose default is a constant; see
    /// ``Schedule/type(_:constantsNameResults:)``.
    public static func schedule(
        _ range: ClosedRange<Double>, constantsNameResults: Bool = false
    ) -> Shape {
        Shape(
            Schedule.type(range, constantsNameResults: constantsNameResults),
            read: { value throws(SpecificationIssue) in try Schedule(value) },
            write: { schedule in
                guard case .constant(let value) = schedule else {
                    preconditionFailure("the default \(schedule) is no constant")
                }
                return Schedule.written(constant: value)
            })
    }
}
