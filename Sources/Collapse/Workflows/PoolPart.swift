import Support

/// One part of the data of a ``PoolWorkflow``.
public struct PoolPart: Hashable, Sendable {
    /// Where the part comes from.
    public enum Source: Hashable, Sendable {
        case real(RealDataPolicy)
        /// Samples of the models of some generations.
        case synthetic(Models)
    }

    /// Whose samples a part takes.
    public enum Models: Hashable, Sendable {
        /// The previous generation's model, or what `sample-from` says.
        case newest
        /// All models so far.
        case all
        /// The last so many models.
        case window(Int)
        /// The model of one generation.
        case generation(Int)
    }

    /// How much a part takes.
    public enum Amount: Hashable, Sendable {
        /// Everything there is: generation 0's whole real sample, or all that each model drew.
        case everything
        /// In the setting's unit.
        case size(Schedule)
        /// A share of n_t.
        case share(Schedule)
    }

    public var source: Source
    public var amount: Amount

    public init(_ source: Source, _ amount: Amount) {
        self.source = source
        self.amount = amount
    }

    // MARK: Keys

    static let size = Key<Schedule?>(
        "size", .optional(.schedule(0...1e12)), default: .some(nil),
        help: "How much of it, in the setting's unit.")
    static let share = Key<Schedule?>(
        "share", .optional(.schedule(0...1)), default: .some(nil),
        help: "How much of it, as a share of sample-size.")
    static let draw = Key<RealDataPolicy>(
        "draw", .choice,
        help:
            "Whether it is fresh (new draws in each generation), replayed (examples of generation 0, "
            + "chosen anew) or kept (the first examples of generation 0, always the same).")
    static let from = Key(
        "from", .text, default: "newest",
        help:
            "Whose samples: newest, all, window (the last models, as many as window says), or the "
            + "number of a generation.")
    static let window = Key<Int?>(
        "window", .optional(.integer(1...100_000)), default: .some(nil),
        help: "How many of the last models, for from: window.")

    @KeyList private static var realKeys: [KeyDeclaration] {
        draw
        size
        share
    }
    @KeyList private static var syntheticKeys: [KeyDeclaration] {
        from
        window
        size
        share
    }

    static let shape = Shape<PoolPart>(
        .tagged(
            TaggedGroup(
                tag: "source",
                variants: [
                    .init("real", realKeys, help: "Real examples."),
                    .init(
                        "synthetic", syntheticKeys,
                        help: "Samples; those of several models in equal parts, the newest first."),
                ])),
        read: { value throws(SpecificationIssue) in try PoolPart(value) })

    private init(_ value: SpecificationValue) throws(SpecificationIssue) {
        let (size, share) = (try value[Self.size], try value[Self.share])
        switch (size, share) {
        case (let size?, nil): amount = .size(size)
        case (nil, let share?): amount = .share(share)
        case (nil, nil): amount = .everything
        default:
            throw SpecificationIssue(
                path: [Self.share.name], message: "a part has a size or a share, not both")
        }
        guard value["source"]?.textValue == "synthetic" else {
            let policy = try value[Self.draw]
            source = .real(policy)
            guard amount != .everything || policy == .kept else {
                throw SpecificationIssue(
                    path: [Self.draw.name],
                    message: "real data that is \(policy.rawValue) needs a size or a share")
            }
            return
        }
        source = .synthetic(try Self.models(value))
    }

    private static func models(
        _ value: SpecificationValue
    ) throws(SpecificationIssue) -> Models {
        let (word, count) = (try value[from], try value[window])
        guard count == nil || word == "window" else {
            throw SpecificationIssue(
                path: [window.name], message: "window belongs to from: window, not to \(word)")
        }
        switch word {
        case "newest": return .newest
        case "all": return .all
        case "window":
            guard let count else {
                throw SpecificationIssue(
                    path: [from.name], message: "from: window needs window, a number of models")
            }
            return .window(count)
        default:
            guard let generation = Int(word), generation >= 0 else {
                throw SpecificationIssue(
                    path: [from.name],
                    message:
                        "\(word) is neither newest, all, window, nor the number of a generation")
            }
            return .generation(generation)
        }
    }

    // MARK: Words

    var summary: String {
        let amount =
            switch amount {
            case .everything: ""
            case .size(.constant(let size)): "\(Self.number(size)) of "
            case .share(.constant(let share)): "\(Self.number(100 * share)) % of "
            case .size, .share: "a scheduled amount of "
            }
        switch source {
        case .real(let policy): return "\(amount)real data (\(policy.rawValue))"
        case .synthetic(.newest): return "\(amount)the newest samples"
        case .synthetic(.all): return "\(amount)all samples so far"
        case .synthetic(.window(let count)): return "\(amount)samples of the last \(count) models"
        case .synthetic(.generation(let t)): return "\(amount)samples of generation \(t)'s model"
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15
            ? "\(Int(value))" : "\((value * 10).rounded() / 10)"
    }
}
