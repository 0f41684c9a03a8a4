import Support

/// Which held-out text is scored, and how.
struct EvaluationPlan: KeyGroup {
    enum Split: String, CaseIterable, Sendable {
        case test, validation
    }

    /// How an unsmoothed model is scored.
    enum Smoothing: String, CaseIterable, Sendable {
        case unsmoothed = "none"
        case interpolated
    }

    private static let scoring = HashScope.only([.evaluate], because: "only evaluations score")

    static let split = Key<Split>(
        "split", .choice, default: .test, help: "The held-out split of the corpus.")
    static let documents = Key<Int?>(
        "documents", .optional(.integer(1...100_000_000)), default: .some(nil),
        help: "Score only the first so many held-out documents.")
    static let context = Key<Int?>(
        "context", .optional(.integer(2...65_536)), default: .some(nil), hashed: scoring,
        help: "Tokens of a scored window; a transformer's context length unless given.")
    static let stride = Key<Int?>(
        "stride", .optional(.integer(1...65_536)), default: .some(nil), hashed: scoring,
        help: "How far the window moves; half the context unless given.")
    static let bootstrap = Key(
        "bootstrap", .integer(0...1_000_000), default: 1_000, hashed: scoring,
        help: "Resamples of documents for the interval; fewer than 2 give none.")

    static let also = Key<[String]>(
        "also", .list(.text), default: [],
        hashed: .never(because: "the corpora's contents are hashed"),
        help: "Further corpora on whose held-out text every generation is scored, too.")
    static let scoringSmoothing = Key<Smoothing>(
        "scoring-smoothing", .choice, default: .unsmoothed, hashed: scoring,
        help:
            "For maximum-likelihood n-grams: interpolated scores with the estimates of all orders "
            + "interpolated, by weights that are fixed at generation 0 to fit the validation split; "
            + "samples stay unsmoothed.")
    static let contexts = Key(
        "contexts", .integer(1...1_000_000), default: 300, hashed: scoring,
        help: "Contexts of held-out text after which next-token distributions are compared.")
    static let sampleTokens = Key<Int?>(
        "sample-tokens", .optional(.integer(1...1_000_000_000)), default: .some(nil),
        help: "The tokens that statistics of samples are taken on, the same for all arms and "
            + "generations; unless given 20,000, or what generation 0's data or held-out text have "
            + "where that is less.")

    @KeyList static var keys: [KeyDeclaration] {
        split
        documents
        context
        stride
        bootstrap
        also
        scoringSmoothing
        contexts
        sampleTokens
    }

    let split: Split
    let documents: Int?
    let window: ScoringWindow
    let bootstrap: Int
    let also: [String]
    let scoringSmoothing: Smoothing
    let contexts: Int
    let sampleTokens: Int?

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        split = try values[Self.split]
        documents = try values[Self.documents]
        window = ScoringWindow(
            context: try values[Self.context], stride: try values[Self.stride])
        bootstrap = try values[Self.bootstrap]
        let also = try values[Self.also]
        if let index = also.indices.first(where: { also[..<$0].contains(also[$0]) }) {
            throw SpecificationIssue(
                path: [Self.also.name, String(index)],
                message: "the corpus \(also[index]) is named twice: remove it")
        }
        self.also = also
        scoringSmoothing = try values[Self.scoringSmoothing]
        contexts = try values[Self.contexts]
        sampleTokens = try values[Self.sampleTokens]
    }
}

/// How documents are scored by a model with a limited context.
struct ScoringWindow: Sendable, Hashable {
    /// Tokens of a window; nil for the model's own context length.
    var context: Int?
    /// How far the window moves; nil for half the context.
    var stride: Int?
}
