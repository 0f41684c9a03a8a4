import CKernels
import Compute

/// How a context decides about the next token: for one that it lists, or to leave it to the shorter
/// context.
protocol NGramDrawRule {
    /// Asks for the memory that a draw begins with.
    func prefetch(_ context: Int, _ block: Range<Int>)
    /// The node of a listed token; `nil` hands over to the shorter context, or from the empty one
    /// to a draw from all tokens alike. `length` is the context's.
    func draw(
        _ context: Int, _ block: Range<Int>, length: Int, _ random: inout RandomStream
    ) -> Int?
    /// Whether tokens that `context` lists must not come from shorter contexts.
    func refuses(_ context: Int) -> Bool
}

/// Draws by counts: exact in whole numbers, and each smoothing's own definition read as a mixture.
///
/// A uniform draw u from [0, a(h) + extra) that falls into the count of w, above what is discounted
/// from it, takes w. In all other cases, which together have probability g(h), the draw goes on at
/// h'.
struct NGramCountRule<Count: NGramCount>: NGramDrawRule {
    private let counts: UnsafeBufferPointer<Count>
    private let smoothing: NGramSmoothing
    /// k V of add-k.
    private let pseudoCounts: Double
    private let distinctUnigrams: Double
    /// The discount of counts 0, 1, 2, and 3 and more, by length of the context.
    private var discounts: InlineArray<8, InlineArray<4, Double>>

    init(_ counts: NGramColumn<Count>, _ evidence: NGramEvidence, vocabularyCount: Int) {
        self.counts = counts.elements
        smoothing = evidence.configuration.smoothing
        pseudoCounts = evidence.configuration.k * Double(vocabularyCount)
        distinctUnigrams = Double(evidence.distinctUnigrams)
        discounts = InlineArray(repeating: InlineArray(repeating: 0))
        for (length, discount) in evidence.discounts.enumerated() {
            discounts[length] = discount.table
        }
    }

    @inline(__always)
    func prefetch(_ context: Int, _ block: Range<Int>) {
        counts.prefetch(block.upperBound &- 1)
        counts.prefetch(block.lowerBound &+ block.count / 2)
    }

    @inline(__always)
    func draw(
        _ context: Int, _ block: Range<Int>, length: Int, _ random: inout RandomStream
    ) -> Int? {
        let total = counts[block.upperBound &- 1].real
        let extra =
            switch smoothing {
            case .maximumLikelihood, .modifiedKneserNey: 0.0
            case .addK: pseudoCounts
            case .wittenBell: context == 0 ? distinctUnigrams : Double(block.count)
            }
        let draw = random.uniform() * (total + extra)
        guard draw < total else { return nil }
        let node = block.lowest { counts[$0].real > draw }
        guard smoothing == .modifiedKneserNey else { return node }
        let before = node == block.lowerBound ? Count.zero : counts[node &- 1]
        let count = counts[node] - before
        return draw - before.real >= discounts[length][count.index(atMost: 3)] ? node : nil
    }

    @inline(__always)
    func refuses(_ context: Int) -> Bool { false }
}

/// Draws by ``NGramResiduals``.
struct NGramResidualRule: NGramDrawRule {
    private let cumulative: UnsafePointer<Double>
    private let rest: UnsafePointer<Double>
    private let refusing: UnsafePointer<Bool>

    /// Valid while `residuals` live.
    init(_ residuals: NGramResiduals) {
        cumulative = residuals.cumulative.base
        rest = residuals.rest.base
        refusing = residuals.refuses.base
    }

    @inline(__always)
    func prefetch(_ context: Int, _ block: Range<Int>) {
        ck_prefetch(cumulative + (block.upperBound &- 1))
        ck_prefetch(cumulative + (block.lowerBound &+ block.count / 2))
        ck_prefetch(rest + context)
        ck_prefetch(refusing + context)
    }

    @inline(__always)
    func draw(
        _ context: Int, _ block: Range<Int>, length: Int, _ random: inout RandomStream
    ) -> Int? {
        let total = cumulative[block.upperBound &- 1]
        let draw = random.uniform() * (total + rest[context])
        return draw < total ? block.lowest { cumulative[$0] > draw } : nil
    }

    @inline(__always)
    func refuses(_ context: Int) -> Bool { refusing[context] }
}

/// Where every token comes from a full distribution.
struct NGramNoRule: NGramDrawRule {
    func prefetch(_ context: Int, _ block: Range<Int>) {}

    func draw(
        _ context: Int, _ block: Range<Int>, length: Int, _ random: inout RandomStream
    ) -> Int? { nil }

    func refuses(_ context: Int) -> Bool { false }
}

extension Range<Int> {
    /// The first element that satisfies a predicate which, once true, stays true; the last if none
    /// does.
    @inline(__always)
    fileprivate func lowest(where isBeyond: (Int) -> Bool) -> Int {
        var low = lowerBound
        var count = upperBound &- lowerBound &- 1
        while count > 0 {
            let half = count &>> 1
            if isBeyond(low &+ half) {
                count = half
            } else {
                low = low &+ half &+ 1
                count = count &- half &- 1
            }
        }
        return low
    }
}
