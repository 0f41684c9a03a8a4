/// What a random draw is for. Draws with different purposes never share bits, so that adding a
/// consumer of randomness moves no other draw.
///
/// Every purpose of the project stands in this one file, so that a collision is seen at once.
public struct RandomPurpose: Hashable, Sendable {
    /// The number of the purpose in the Philox counter; it never changes, since draws depend on it.
    public let code: UInt16

    private init(_ code: UInt16) {
        self.code = code
    }

    /// The order in which a seed meets the examples of its real pool.
    public static let realOrder = RandomPurpose(1)
    /// Which examples of a pool a workflow keeps.
    public static let compose = RandomPurpose(2)
    /// Random choices made by a curation stage.
    public static let curate = RandomPurpose(3)
    /// Initial parameters of a model.
    public static let initialise = RandomPurpose(4)
    /// The order in which training meets its examples.
    public static let shuffle = RandomPurpose(5)
    /// Dropout masks.
    public static let dropout = RandomPurpose(6)
    /// Draws from a fitted model.
    public static let sample = RandomPurpose(7)
    /// Draws from a known true distribution.
    public static let realDraw = RandomPurpose(8)
    /// Resampling for confidence intervals.
    public static let bootstrap = RandomPurpose(9)
    /// Draws made by tests.
    public static let test = RandomPurpose(10)
    /// Initial factors of low-rank adapters.
    public static let adapters = RandomPurpose(11)
    /// Draws made by an evaluation, such as a test set.
    public static let evaluate = RandomPurpose(12)
    /// Noise that training adds to its examples.
    public static let noise = RandomPurpose(13)
    /// Samples that a detector of synthetic examples learns from.
    public static let detect = RandomPurpose(14)
    /// Which of several models each document is dealt to.
    public static let deal = RandomPurpose(15)
    /// Held-out examples of a known truth.
    public static let heldOut = RandomPurpose(16)
    /// Real examples of a known truth that no generation reads.
    public static let secondSample = RandomPurpose(17)
}

/// The name of a random stream: a pure function of what is drawn, never of the order of work.
///
/// Generation, purpose and index make the counter of Philox4x32-10 (Salmon et al. 2011), seed and
/// stream its key: keys of one stream never share a block of bits. Streams shift the seed by
/// multiples of 2^64 over the golden ratio, so those of seeds that are small or evenly spaced do
/// not meet either.
public struct RandomKey: Hashable, Sendable {
    /// The seed of an experiment; with ``stream`` it makes the Philox key.
    public var seed: UInt64
    /// Numbers an arm that must be independent of the others; arms are paired at stream 0.
    public var stream: UInt32
    /// The generation that draws, from 0.
    public var generation: UInt32
    /// What is drawn.
    public var purpose: RandomPurpose
    /// Which document, chain or epoch draws, below 2^48.
    public var index: UInt64

    /// Makes a key. `index` must be below 2^48.
    public init(
        seed: UInt64, stream: UInt32 = 0, generation: Int = 0, purpose: RandomPurpose,
        index: Int = 0
    ) {
        precondition(index >= 0 && index < 1 << 48, "stream index \(index) is outside 0..<2^48")
        precondition(
            generation >= 0 && generation < 1 << 32,
            "generation \(generation) is outside 0..<2^32")
        self.seed = seed
        self.stream = stream
        self.generation = UInt32(generation)
        self.purpose = purpose
        self.index = UInt64(index)
    }

    /// The same key for another index: the `index`-th document, chain, epoch ...
    public func at(_ index: Int) -> RandomKey {
        precondition(index >= 0 && index < 1 << 48, "stream index \(index) is outside 0..<2^48")
        var key = self
        key.index = UInt64(index)
        return key
    }

    /// The same key for another purpose.
    public func with(purpose: RandomPurpose) -> RandomKey {
        var key = self
        key.purpose = purpose
        return key
    }
}

extension RandomKey {
    /// The Philox key and the counter of the first block; the first word of the counter counts the
    /// blocks.
    var philox: (key: SIMD2<UInt32>, counter: SIMD4<UInt32>) {
        let seed = seed &+ UInt64(stream) &* 0x9E37_79B9_7F4A_7C15
        return (
            SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
            SIMD4(
                0, UInt32(truncatingIfNeeded: index),
                UInt32(truncatingIfNeeded: index >> 32) << 16 | UInt32(purpose.code), generation)
        )
    }
}
