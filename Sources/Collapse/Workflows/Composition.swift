/// The data of one generation as a plan: what is taken from where, before anything is drawn.
///
/// A composition is a pure function of the arm and the generation. It is what identifies the data
/// of a fit, so two arms with equal compositions share the fit.
public struct Composition: Hashable, Sendable {
    /// A run of examples of the real stream: from example `start` on, until `size` is reached.
    public struct RealDraw: Hashable, Sendable {
        /// The index of the first example in the real stream.
        public var start: Int
        /// The total size, in the setting's unit; the last example is cut to meet it exactly.
        public var size: Int

        public init(start: Int, size: Int) {
            self.start = start
            self.size = size
        }
    }

    /// One source of a generation's data; sizes are in the setting's unit.
    public enum Part: Hashable, Sendable {
        /// Consecutive examples of the real stream.
        case real(RealDraw)
        /// A random part of generation 0's real sample, without replacement, drawn anew in each
        /// generation.
        case replayed(RealDraw, size: Int)
        /// The first `size` of the samples with this provenance: drawn from generation - 1's model.
        case synthetic(generation: Int, size: Int)

        /// What the part adds to the data.
        public var size: Int {
            switch self {
            case .real(let draw): draw.size
            case .replayed(_, let size), .synthetic(_, let size): size
            }
        }
    }

    /// Whether a workflow gave only what joins the parts of the generation before; a plan has them
    /// all.
    private(set) var isAddition = false
    /// The parts in order. Generations that have all parts of the one before share their storage.
    public var parts: ArraySlice<Part>
    /// When set, a uniform subsample of all parts without replacement, of this size.
    public var subsample: Int?

    /// The size of the data that the composition comes to.
    public var size: Int { subsample ?? parts.reduce(0) { $0 + $1.size } }

    /// The data of the generation before and more: however long a chain grows, its plan stays as
    /// long as the chain.
    public static func adding(_ parts: [Part], subsample: Int? = nil) -> Composition {
        var composition = Composition(parts: parts, subsample: subsample)
        composition.isAddition = true
        return composition
    }

    /// The same data with parts that a plan has filled in.
    func with(_ parts: ArraySlice<Part>) -> Composition {
        var whole = self
        whole.parts = parts
        whole.isAddition = false
        return whole
    }

    /// The same with other parts, an addition if this is one.
    func replacingParts(_ parts: ArraySlice<Part>) -> Composition {
        var other = self
        other.parts = parts
        return other
    }

    public init(parts: [Part], subsample: Int? = nil) {
        self.parts = parts[...]
        self.subsample = subsample
    }
}
