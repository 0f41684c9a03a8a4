package import Collapse
import Compute
package import LanguageModels

/// What models say of the next token after some contexts of held-out text.
package struct NextTokenDistributions {
    static let evaluation = SettingDeclaration.Evaluation("next_token", version: 1)

    static let contexts = MetricDeclaration(
        "next_token.contexts", title: "contexts", direction: .neither,
        help: "Contexts of held-out text that distributions are compared after: "
            + "`evaluation.contexts`, or what there are where that is less and nothing is measured."
    )
    static let entropy = MetricDeclaration(
        "next_token.entropy", title: "next-token entropy", unit: "nats", direction: .neither,
        help: "Mean entropy of the next token's distribution after held-out contexts.",
        reference: "next_token.entropy_real")
    static let gini = MetricDeclaration(
        "next_token.gini", title: "Gini coefficient", direction: .neither,
        help: "Mean Gini coefficient of the next token's distribution after held-out contexts: 0 "
            + "where all tokens are equally probable, near 1 where one has everything.",
        reference: "next_token.gini_real")
    static let realEntropy = real(entropy, of: "the reference model")
    static let realGini = real(gini, of: "the reference model")

    /// A divergence from an earlier model.
    struct Distance: Sendable {
        let relativeEntropy: MetricDeclaration
        let absolute: MetricDeclaration

        init(_ suffix: String, from model: String, reading: String? = nil, real: String?) {
            let reading = reading.map { ", reading \($0)," } ?? ""
            relativeEntropy = MetricDeclaration(
                "next_token.kl_\(suffix)", title: "KL divergence from \(model)", unit: "nats",
                direction: .neither,
                help:
                    "Mean of KL(p || q) after held-out contexts, p being what \(model)\(reading) says of "
                    + "the next token and q what this generation's does.",
                reference: real.map { "next_token.kl_\($0)" })
            absolute = MetricDeclaration(
                "next_token.l1_\(suffix)", title: "L1 distance from \(model)",
                direction: .neither,
                help:
                    "Mean of the sum of |p - q| over the vocabulary after held-out contexts, from "
                    + "0 to 2.",
                reference: real.map { "next_token.l1_\($0)" })
        }

        var metrics: [MetricDeclaration] { [relativeEntropy, absolute] }

        func values(_ divergence: Divergence) -> [MetricValue] {
            [
                relativeEntropy.value(divergence.meanRelativeEntropy),
                absolute.value(divergence.meanAbsolute),
            ]
        }
    }

    static let fromGeneration0 = Distance("generation0", from: "generation 0's model", real: "real")
    static let fromPrevious = Distance(
        "previous", from: "the generation before's model", real: "real")
    static let realDistance = real(fromGeneration0)

    static let metrics =
        [contexts, entropy, gini, realEntropy, realGini] + fromGeneration0.metrics
        + fromPrevious.metrics + realDistance

    static let panels = [
        PanelDeclaration(
            section: "Next token", title: "Entropy and inequality of the next token",
            metrics: [entropy, gini]),
        PanelDeclaration(
            section: "Next token", title: "Distance of the next token's distribution",
            metrics: fromGeneration0.metrics + fromPrevious.metrics),
    ]

    private static func real(
        _ metric: MetricDeclaration, of model: String
    ) -> MetricDeclaration {
        MetricDeclaration(
            metric.name + "_real", title: "\(metric.title), other real text", unit: metric.unit,
            direction: .neither, help: "\(metric.name) of \(model).")
    }

    private static func real(_ distance: Distance) -> [MetricDeclaration] {
        zip(distance.metrics, ["next_token.kl_real", "next_token.l1_real"]).map { metric, name in
            MetricDeclaration(
                name, title: "between models of two disjoint real samples", unit: metric.unit,
                direction: .neither,
                help: "\(metric.name) where q is the reference model's, which another real sample "
                    + "of the same size made. Models whose data overlap lie nearer to each other.")
        }
    }

    /// Sums over contexts of how far distributions lie apart.
    struct Divergence {
        private var relativeEntropy = 0.0
        private var absolute = 0.0
        private var count = 0

        var meanRelativeEntropy: Double { relativeEntropy / Double(count) }
        var meanAbsolute: Double { absolute / Double(count) }

        /// Adds KL(p || q) and the sum of |p - q|.
        mutating func add(_ p: ArraySlice<Double>, _ q: ArraySlice<Double>) {
            for (p, q) in zip(p, q) {
                absolute += abs(p - q)
                if p > 0 { relativeEntropy += p * Elementary.log(p / q) }
            }
            // What one of them has beyond the other's vocabulary, as wide embeddings do.
            for rest in q.dropFirst(p.count) { absolute += rest }
            count += 1
        }
    }

    /// Sums over contexts of what single distributions are like.
    struct Shape {
        private var entropy = 0.0
        private var gini = 0.0
        private(set) var count = 0

        var meanEntropy: Double { entropy / Double(count) }
        var meanGini: Double { gini / Double(count) }

        mutating func add(_ p: ArraySlice<Double>) {
            entropy += NextTokenDistributions.entropy(of: p)
            gini += NextTokenDistributions.gini(of: p)
            count += 1
        }
    }

    package static func entropy(of distribution: ArraySlice<Double>) -> Double {
        distribution.reduce(0) { $1 > 0 ? $0 - $1 * Elementary.log($1) : $0 }
    }

    /// The sum over i of (2 i - V - 1) p_i / V, the p_i ascending and summing to 1 (Gini 1912).
    package static func gini(of distribution: ArraySlice<Double>) -> Double {
        let count = Double(distribution.count)
        var sum = 0.0
        for (index, probability) in distribution.sorted().enumerated() {
            sum += (2 * Double(index + 1) - count - 1) * probability
        }
        return sum / count
    }
}

extension NextTokenDistributions {
    /// The distributions of a model at some passages, row after row.
    package typealias Source = ([Passage]) throws -> [Double]

    /// Passages for one comparison at a time, so that no more than their distributions are held.
    private static let passagesAtOnce = 8

    /// The metrics of a generation.
    ///
    /// - Parameters:
    ///   - passages: Where the distributions are taken.
    ///   - model: This generation's.
    ///   - generation0: Generation 0's.
    ///   - previous: The generation before's; nil in generation 0.
    /// - Returns: The number of contexts, the model's entropy and Gini coefficient, and its distances.
    /// - Throws: What a source throws.
    package static func metrics(
        at passages: [Passage], model: @escaping Source, generation0: @escaping Source,
        previous: Source?
    ) throws -> [MetricValue] {
        var shape = Shape()
        var fromGeneration0 = Divergence()
        var fromPrevious = Divergence()
        try forEachRow(at: passages, of: [model, generation0] + (previous.map { [$0] } ?? [])) {
            shape.add($0[0])
            fromGeneration0.add($0[1], $0[0])
            if $0.count > 2 { fromPrevious.add($0[2], $0[0]) }
        }
        return [
            contexts.value(Double(shape.count)), entropy.value(shape.meanEntropy),
            gini.value(shape.meanGini),
        ] + Self.fromGeneration0.values(fromGeneration0)
            + (previous == nil ? [] : Self.fromPrevious.values(fromPrevious))
    }

    /// What real text has in the place of the metrics: `reference` is the model of another sample.
    package static func realMetrics(
        at passages: [Passage], generation0: @escaping Source, reference: @escaping Source
    ) throws -> [MetricValue] {
        var shape = Shape()
        var divergence = Divergence()
        try forEachRow(at: passages, of: [generation0, reference]) {
            shape.add($0[1])
            divergence.add($0[0], $0[1])
        }
        return [
            realEntropy.value(shape.meanEntropy), realGini.value(shape.meanGini),
            realDistance[0].value(divergence.meanRelativeEntropy),
            realDistance[1].value(divergence.meanAbsolute),
        ]
    }

    /// How far a generation lies from the truth, which reads the whole document before each position.
    static func truthMetrics(
        at passages: [DocumentPassage], model: @escaping Source, truth: @escaping Source
    ) throws -> [MetricValue] {
        var divergence = Divergence()
        for start in stride(from: 0, to: passages.count, by: passagesAtOnce) {
            let some = passages[start..<min(passages.count, start + passagesAtOnce)]
            let rows = some.reduce(0) { $0 + $1.passage.positions.count }
            let (p, q) = (try truth(some.map(\.whole)), try model(some.map(\.passage)))
            let (widthOfP, widthOfQ) = (p.count / rows, q.count / rows)
            for row in 0..<rows {
                divergence.add(
                    p[row * widthOfP..<(row + 1) * widthOfP],
                    q[row * widthOfQ..<(row + 1) * widthOfQ])
            }
        }
        return TruthMetrics.distance.values(divergence)
    }

    /// Calls `body` with the distributions of all models at one position after the other.
    private static func forEachRow(
        at passages: [Passage], of models: [Source], _ body: ([ArraySlice<Double>]) -> Void
    ) throws {
        for start in stride(from: 0, to: passages.count, by: passagesAtOnce) {
            let some = Array(passages[start..<min(passages.count, start + passagesAtOnce)])
            let rows = some.reduce(0) { $0 + $1.positions.count }
            let distributions = try models.map { try $0(some) }
            for row in 0..<rows {
                body(
                    distributions.map { all in
                        let width = all.count / rows
                        return all[row * width..<(row + 1) * width]
                    })
            }
        }
    }
}
