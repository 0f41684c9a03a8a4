/// The models of some generations of a chain against their samples and held-out real data: each
/// scored under each.
public struct CrossTable: Sendable {
    /// What is scored.
    public enum Data: Hashable, Sendable, CustomStringConvertible {
        /// Held-out real data.
        case real
        /// What a generation's model drew.
        case samples(generation: Int)

        public var description: String {
            switch self {
            case .real: "real"
            case .samples(let generation): "\(generation)"
            }
        }
    }

    /// One score at its place.
    public struct Cell: Sendable {
        /// The generation of the model.
        public var model: Int
        /// What it scores.
        public var data: Data
        /// What it makes of it.
        public var score: CrossScore

        public init(model: Int, data: Data, score: CrossScore) {
            self.model = model
            self.data = data
            self.score = score
        }
    }

    /// The arm's name.
    public var arm: String
    /// The seed of the chain.
    public var seed: UInt64
    /// In ascending order.
    public var generations: [Int]
    /// What scores are counted over, such as `tokens`.
    public var events: String
    /// Row by row: a model, then held-out data and the samples of each generation.
    public var cells: [Cell]

    public init(arm: String, seed: UInt64, generations: [Int], events: String, cells: [Cell]) {
        self.arm = arm
        self.seed = seed
        self.generations = generations
        self.events = events
        self.cells = cells
    }

    /// The columns: held-out data, then the samples of each generation.
    public var data: [Data] { [.real] + generations.map { .samples(generation: $0) } }

    /// Cells whose cross-entropy is infinite: the model holds something in the data impossible.
    public var infiniteCells: [Cell] { cells.filter { !$0.score.nats.isFinite } }

    /// The table in tidy form, a line for each cell. `data` is `real` or the generation whose model
    /// drew it; an infinite cross-entropy is the word `inf`, beside the number of events of
    /// probability zero that make it so.
    public var csv: String {
        let header =
            "arm,seed,model,data,nats_per_token,bits_per_byte,\(events),zero_probability_\(events)\n"
        return header
            + cells.map { cell in
                let score = cell.score
                let bits = score.bitsPerByte.map { "\($0)" } ?? ""
                return "\(CSVField.text(arm)),\(seed),\(cell.model),\(cell.data),"
                    + "\(score.natsPerEvent),\(bits),\(score.events),\(score.impossibleEvents)\n"
            }.joined()
    }
}
