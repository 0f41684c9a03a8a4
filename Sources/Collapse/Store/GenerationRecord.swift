/// Everything that is recorded of one generation of one seed of one arm.
public struct GenerationRecord: Hashable, Sendable, Codable {
    /// Raised when the keys of records come from other hashes than before, so that old records are
    /// not taken for stale ones and overwritten.
    public static let version = 2

    /// The seed of the chain.
    public var seed: UInt64
    /// The generation t, from 0.
    public var generation: Int
    /// Hash of everything that determines this record: a record with another key is stale.
    public var key: ContentKey
    /// The stored model, unless the setting stores none; of generation -1 the base model.
    public var model: ContentKey?
    /// The samples that this generation's model drew, unless the setting stores none.
    public var samples: ContentKey?
    /// The metrics of the data, of curation, of the fit and of the evaluations, in this order.
    public var metrics: [MetricValue]

    public init(
        seed: UInt64, generation: Int, key: ContentKey, model: ContentKey? = nil,
        samples: ContentKey? = nil, metrics: [MetricValue]
    ) {
        self.seed = seed
        self.generation = generation
        self.key = key
        self.model = model
        self.samples = samples
        self.metrics = metrics
    }
}

/// The unit of record: a range of generations of a range of seeds of one arm, written at once.
public struct RecordBlock: Hashable, Sendable {
    /// The arm's name.
    public var arm: String
    /// The seeds, in order.
    public var seeds: [UInt64]
    /// The generations of every seed, both ends included.
    public var generations: ClosedRange<Int>

    public init(arm: String, seeds: [UInt64], generations: ClosedRange<Int>) {
        self.arm = arm
        self.seeds = seeds
        self.generations = generations
    }
}

extension MetricValue: Codable {
    /// A pair `["name", value]`; values that JSON cannot write are the words `inf`, `-inf` and
    /// `nan`.
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        name = try container.decode(String.self)
        if let word = try? container.decode(String.self) {
            guard let parsed = Double(word) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\(word) is not a number")
            }
            value = parsed
        } else {
            value = try container.decode(Double.self)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(name)
        if value.isFinite {
            try container.encode(value)
        } else {
            try container.encode("\(value)")
        }
    }
}
