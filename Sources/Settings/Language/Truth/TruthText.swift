import Compute
import Synchronization
import Text

/// What a truth draws for all seeds alike: the text that generations are scored on, and what the truth
/// itself says of it.
final class TruthText: Sendable {
    let model: TruthModel
    /// The held-out documents.
    let heldOut: TokenDataset
    private let documentCount: Int
    private let heldOutNats = Mutex<[Double]?>(nil)

    /// Unless an evaluation says how many documents are held out.
    static let standardCount = 500

    /// - Throws: What prevents the draw.
    init(of model: TruthModel, _ evaluation: EvaluationPlan) throws {
        self.model = model
        documentCount = evaluation.documents ?? Self.standardCount
        heldOut = try Self.documents(documentCount, of: evaluation.split, from: model)
    }

    /// Documents that no evaluation on the test split reads.
    ///
    /// - Throws: What prevents the draw.
    func validation() throws -> TokenDataset {
        try Self.documents(documentCount, of: .validation, from: model)
    }

    private static func documents(
        _ count: Int, of split: EvaluationPlan.Split, from model: TruthModel
    ) throws -> TokenDataset {
        try model.documents(
            count,
            key: RandomKey(seed: 0, stream: split == .test ? 0 : 1, purpose: .heldOut),
            pool: WorkerPool(count: 1))
    }

    /// The negative log-likelihoods of the held-out documents under the truth, in nats: for each its
    /// tokens, then its end.
    ///
    /// - Throws: What prevents the model from reading them.
    func nats(pool: WorkerPool) throws -> [Double] {
        try heldOutNats.withLock { known in
            if let known { return known }
            let nats = try model.nats(of: heldOut, pool: pool)
            known = nats
            return nats
        }
    }
}
