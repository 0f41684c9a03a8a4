import Compute
package import Support

/// One step from a model's logits to those that a token is drawn from: the setting that a
/// specification or a command gives, what it may be, and what it does.
///
/// A rule of one's own is a file with such a type and a line in ``SamplingStages/types``. It is
/// called once for each drawn token: what it costs to find it is nothing beside the logits it looks
/// at.
package protocol SamplingStage: Sendable {
    associatedtype Setting: Sendable

    /// The setting as a specification says it; with its default the stage does nothing.
    static var key: Key<Setting> { get }
    /// When the stage acts among the others.
    static var phase: SamplingPhase { get }

    init(_ setting: Setting)

    /// What is wrong with the setting, such as `0; it must be at least 1`; nil where nothing is.
    var problem: String? { get }
    /// Whether the stage can change anything.
    var isActive: Bool { get }

    /// Changes the logits of a row; minus infinity means "never".
    func apply(to row: LogitsRow)
}

/// When a stage acts; of one phase they act in the order of ``SamplingStages/types``.
package enum SamplingPhase: CaseIterable, Sendable {
    /// On the scores themselves, before forbidden tokens are taken out: in greedy choice and beam
    /// search too.
    case scores
    /// On how far apart the scores of a draw are.
    case scaling
    /// On which tokens are left to a draw.
    case truncation
}

extension SamplingStage {
    /// The declaration of ``key``, which does not depend on the setting's type.
    package static var declaration: KeyDeclaration { key.declaration }

    /// The stage that resolved values ask for.
    package init(resolved values: SpecificationValue) throws(SpecificationIssue) {
        self.init(try values[Self.key])
    }

    /// What is wrong with a share of probability.
    static func problem(ofShare share: Double?) -> String? {
        guard let share, !(share > 0 && share <= 1) else { return nil }
        return "\(share); it must lie above 0 and be at most 1"
    }
}

/// The logits of a coming token, with what stages may look at and work in.
package struct LogitsRow {
    /// One per token of the vocabulary; padded to a multiple of 16, where nothing is read.
    let logits: UnsafeMutablePointer<Float>
    /// The vocabulary.
    let count: Int
    /// The tokens so far: boundary, prompt and what has been written.
    let history: [UInt32]
    let scratch: SamplingScratch

    /// The greatest logit.
    var top: Float {
        var top = -Float.infinity
        for token in 0..<count { top = max(top, logits[token]) }
        return top
    }

    /// Keeps only tokens of which `isKept` is true.
    func keep(_ isKept: (Int) -> Bool) {
        for token in 0..<count where !isKept(token) { logits[token] = -.infinity }
    }

    /// The probabilities up to a factor, in `scratch.weights`.
    ///
    /// - Returns: Their sum.
    func weigh() -> Double {
        let weights = scratch.weights.base
        weights.update(from: logits, count: count)
        // A draw leaves the unnormalised probabilities behind.
        _ = Float.kernels.draw(weights, count, 1, 0)
        var sum = 0.0
        for token in 0..<count { sum += Double(weights[token]) }
        return sum
    }
}
