public import Support

/// Any composition: a list of real and synthetic parts, subsampled or not. The other workflows are
/// its short forms.
public struct PoolWorkflow: Workflow {
    public static let name = "pool"
    public static let help = "The parts that `parts` lists, together."
    public static let example: [SpecificationMap.Entry]? = nil

    /// The parts, in their order; nil for other workflows.
    public static let partsKey = Key<[PoolPart]?>(
        "parts", .optional(.list(PoolPart.shape)), default: .some(nil),
        hashed: .never(because: "each fit is named by the draws that it plans"),
        help:
            "What a pool is made of, as [{source: real, draw: kept, size: 2000}, {source: synthetic, from: "
            + "window, window: 2, share: 0.5}]; share is of sample-size, and without size and share a part is "
            + "all there is. From is newest, all, window, or the number of a generation.")
    /// The size that a pool is subsampled to; nil for none.
    public static let subsampleKey = Key<Schedule?>(
        "subsample", .optional(.schedule(1...1e12)), default: .some(nil),
        hashed: .never(because: "each fit is named by the draws that it plans"),
        help: "The size to which a pool is subsampled, uniformly and without replacement.")
    /// n_0, where it is another than sample-size says.
    public static let generatorSize = Key<Int?>(
        "generator-size", .optional(.integer(1...1_000_000_000_000)), default: .some(nil),
        hashed: .never(because: "each fit is named by the draws that it plans"),
        help:
            "The size of generation 0's real sample, of the model that begins to generate, where a pool "
            + "has another than sample-size.")

    @KeyList public static var keys: [KeyDeclaration] {
        partsKey
        subsampleKey
        generatorSize
    }

    let parts: [PoolPart]
    private let subsample: Schedule?
    public let initialSize: Int?

    /// A pool of parts, at least one.
    public init(_ parts: [PoolPart], subsample: Schedule? = nil, initialSize: Int? = nil) {
        precondition(!parts.isEmpty)
        self.parts = parts
        self.subsample = subsample
        self.initialSize = initialSize
    }

    public init(_ arm: SpecificationValue) throws(SpecificationIssue) {
        guard let parts = try arm[Self.partsKey], !parts.isEmpty else {
            throw SpecificationIssue(
                path: [Self.partsKey.name], message: "a pool needs parts, a list of one or more")
        }
        self.init(
            parts, subsample: try arm[Self.subsampleKey],
            initialSize: try arm[Self.generatorSize])
    }

    public func composition(
        at t: Int, in context: CompositionContext
    ) throws(SpecificationIssue) -> Composition {
        let subsample = try subsampleSize(at: t, context)
        // Everything so far is the data of the generation before and the newest samples.
        if parts == Self.accumulated {
            return .adding(
                [.synthetic(generation: t, size: context.sampleSizes[t])], subsample: subsample)
        }
        var planned: [Composition.Part] = []
        var fresh = 0
        var shares = ShareRounding(whole: context.sampleSizes[t])
        for (index, part) in parts.enumerated() {
            let size = try located(index) { () throws(SpecificationIssue) in
                try self.size(of: part, at: t, in: context, &shares)
            }
            switch part.source {
            case .real(.fresh):
                fresh += size ?? 0
            case .real(let policy):
                let size = size ?? context.initialDraw.size
                guard size > 0 else { continue }
                try located(index) { () throws(SpecificationIssue) in
                    try Self.check(size, of: context.initialDraw, policy, t)
                }
                planned.append(
                    policy == .replayed
                        ? .replayed(context.initialDraw, size: size)
                        : .real(.init(start: context.initialDraw.start, size: size)))
            case .synthetic(let models):
                let provenances = try located(index) { () throws(SpecificationIssue) in
                    try Self.provenances(models, at: t, in: context)
                }
                for (place, provenance) in provenances.enumerated() {
                    let own = size.map { size in
                        // In equal parts, what is left over going to the newest.
                        size / provenances.count + (place < size % provenances.count ? 1 : 0)
                    }
                    let size = own ?? context.sampleSizes[provenance]
                    if size > 0 { planned.append(.synthetic(generation: provenance, size: size)) }
                }
            }
        }
        // One draw, ahead of all else, so that what takes the place of samples in a control follows it.
        if fresh > 0 {
            planned.insert(.real(.init(start: context.freshStart, size: fresh)), at: 0)
        }
        guard !planned.isEmpty else {
            throw SpecificationIssue(
                path: [Self.partsKey.name],
                message: "generation \(t) has no data: all parts are empty")
        }
        guard shares.isPossible else {
            throw SpecificationIssue(
                path: [Self.partsKey.name],
                message:
                    "the shares of generation \(t) add up to more than 1: give sizes, or smaller "
                    + "shares")
        }
        let held = planned.reduce(0) { $0 + $1.size }
        if let subsample, subsample > held {
            throw SpecificationIssue(
                path: [Self.subsampleKey.name],
                message: "a subsample of \(subsample) is larger than the \(held) that the parts of "
                    + "generation \(t) hold: lower it, or give the parts more")
        }
        return Composition(parts: planned, subsample: subsample)
    }

    static let accumulated = [
        PoolPart(.real(.kept), .everything), PoolPart(.synthetic(.all), .everything),
    ]

    /// Shares of n_t as whole numbers that add up as the shares do.
    private struct ShareRounding {
        let whole: Int
        private var share = 0.0
        private var taken = 0

        init(whole: Int) { self.whole = whole }

        /// Whether the shares promise no more than there is.
        var isPossible: Bool { share < 1 + 1e-9 }

        mutating func next(_ share: Double) -> Int {
            self.share += share
            // Of shares that are meant to add up to 1 the last takes what is left.
            let sum = abs(self.share - 1) < 1e-9 ? 1 : self.share
            let end = Int((sum * Double(whole)).rounded(.toNearestOrEven))
            defer { taken = end }
            return end - taken
        }
    }

    /// What a part takes in all; nil for everything.
    private func size(
        of part: PoolPart, at t: Int, in context: CompositionContext, _ shares: inout ShareRounding
    ) throws(SpecificationIssue) -> Int? {
        switch part.amount {
        case .everything: return nil
        case .size(let schedule):
            let value = try Self.value(schedule, of: PoolPart.size.name, at: t, in: context)
            guard value >= 0, value <= 1e12 else {
                throw SpecificationIssue(
                    path: [PoolPart.size.name],
                    message: "the size of generation \(t) is \(value); it must be 0 to 1e12")
            }
            return Int(value.rounded(.toNearestOrEven))
        case .share(let schedule):
            let value = try Self.value(schedule, of: PoolPart.share.name, at: t, in: context)
            guard value >= 0, value <= 1 else {
                throw SpecificationIssue(
                    path: [PoolPart.share.name],
                    message: "the share of generation \(t) is \(value), outside 0 to 1")
            }
            return shares.next(value)
        }
    }

    private func subsampleSize(
        at t: Int, _ context: CompositionContext
    ) throws(SpecificationIssue) -> Int? {
        guard let subsample else { return nil }
        let value = try Self.value(subsample, of: Self.subsampleKey.name, at: t, in: context)
        guard value >= 1, value <= 1e12 else {
            throw SpecificationIssue(
                path: [Self.subsampleKey.name],
                message: "the subsample of generation \(t) is \(value); it must be 1 to 1e12")
        }
        return Int(value.rounded(.toNearestOrEven))
    }

    private static func value(
        _ schedule: Schedule, of key: String, at t: Int, in context: CompositionContext
    ) throws(SpecificationIssue) -> Double {
        guard let value = schedule.value(at: t), value.isFinite else {
            throw SpecificationIssue(
                path: [key, "values"],
                message: "the schedule is undefined at generation \(t): give "
                    + "\(context.generations + 1) finite values")
        }
        return value
    }

    private static func check(
        _ size: Int, of draw: Composition.RealDraw, _ policy: RealDataPolicy, _ t: Int
    ) throws(SpecificationIssue) {
        guard size > draw.size else { return }
        throw SpecificationIssue(
            path: [PoolPart.draw.name],
            message: "generation \(t) takes \(size) of real data that is \(policy.rawValue), but "
                + "generation 0 drew only \(draw.size): take less, raise generator-size, or use draw: "
                + "fresh")
    }

    /// The provenances of samples, the newest first.
    private static func provenances(
        _ models: PoolPart.Models, at t: Int, in context: CompositionContext
    ) throws(SpecificationIssue) -> [Int] {
        switch models {
        case .newest: return [t]
        case .all: return (1...t).reversed()
        case .window(let count):
            guard count <= context.generations else {
                throw SpecificationIssue(
                    path: [PoolPart.window.name],
                    message: "a window of \(count) models is larger than the history: the last of "
                        + "\(context.generations) generations has \(context.generations) models before it"
                )
            }
            return (max(1, t - count + 1)...t).reversed()
        case .generation(let generation):
            guard generation < t else {
                throw SpecificationIssue(
                    path: [PoolPart.from.name],
                    message:
                        "generation \(t) asks for samples of generation \(generation), which has no "
                        + "model before it: the first that can be asked for in every generation is 0"
                )
            }
            return [generation + 1]
        }
    }

    private func located<Result>(
        _ index: Int, _ body: () throws(SpecificationIssue) -> Result
    ) throws(SpecificationIssue) -> Result {
        do {
            return try body()
        } catch {
            throw error.within([Self.partsKey.name, String(index)])
        }
    }

    public var sampleUse: SampleUse { subsample == nil ? .prefix : .anyPart }

    public var summary: String {
        let words = parts.map(\.summary).joined(separator: ", ")
        guard let subsample else { return words }
        guard case .constant(let size) = subsample else { return "a subsample of: \(words)" }
        return "a subsample of \(Int(size)) of: \(words)"
    }
}
