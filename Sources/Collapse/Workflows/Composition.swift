/// The data of one generation as a plan: what is taken from where, before anything is drawn.
///
/// A composition is a pure function of the arm and the generation. It is what identifies the data of a
/// fit, so two arms with equal compositions share the fit.
public struct Composition: Hashable, Sendable {
    /// A run of examples of the real stream: from example `start` on, until `size` is reached.
    public struct RealDraw: Hashable, Sendable {
        public var start: Int
        public var size: Int

        public init(start: Int, size: Int) {
            self.start = start
            self.size = size
        }
    }

    public enum Part: Hashable, Sendable {
        /// Consecutive examples of the real stream.
        case real(RealDraw)
        /// A random part of generation 0's real sample, without replacement, drawn anew in each generation.
        case replayed(RealDraw, size: Int)
        /// The first `size` of the samples with this provenance: drawn from generation - 1's model.
        case synthetic(generation: Int, size: Int)
    }

    public var parts: [Part]
    /// When set, a uniform subsample of all parts without replacement, of this size.
    public var subsample: Int?

    public init(parts: [Part], subsample: Int? = nil) {
        self.parts = parts
        self.subsample = subsample
    }
}

/// What a workflow may ask while it plans a generation.
public struct CompositionContext: Sendable {
    /// n_t for each generation up to the one that is planned.
    public var sampleSizes: [Int]
    /// Generation 0's real sample.
    public var initialDraw: Composition.RealDraw
    /// The first example of the real stream that no earlier generation has used.
    public var freshStart: Int

    public init(
        sampleSizes: [Int], initialDraw: Composition.RealDraw, freshStart: Int
    ) {
        self.sampleSizes = sampleSizes
        self.initialDraw = initialDraw
        self.freshStart = freshStart
    }
}

/// A way to use data: which data generation t >= 1 trains on. Generation 0 always trains on real data only.
public protocol Workflow: Hashable, Sendable {
    /// The plan for generation `t` >= 1.
    func composition(at t: Int, in context: CompositionContext) -> Composition
    /// Whether later generations train on samples of generations before the last.
    var usesHistory: Bool { get }
    /// Whether each generation's data are those of the one before and more.
    var onlyGrows: Bool { get }
    /// Whether later generations train on generation 0's real sample.
    var meetsInitialDrawAgain: Bool { get }
    /// One line for the report.
    var summary: String { get }
}

extension Workflow {
    public var usesHistory: Bool { false }
    public var onlyGrows: Bool { false }
    public var meetsInitialDrawAgain: Bool { usesHistory }
}
