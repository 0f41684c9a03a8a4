package import Compute
import Support
package import Text

/// A fit whose result, log and checkpoints lie in a folder; stopped anywhere, the same job goes on
/// where it was.
///
/// The folder becomes a Hugging Face directory of the model, with ``TrainingLog``'s files beside
/// it. Where adapters were trained the model is the base with the adapters merged, and `adapter/`
/// holds them alone.
package struct TransformerTrainingJob {
    /// The file of the fit's state while it runs.
    package static let checkpointFile = "checkpoint.safetensors"

    /// The model that the fit starts from.
    package var start: TransformerModel
    /// The training documents, without boundaries.
    package var documents: TokenDataset
    /// The token that is put between documents; below the model's vocabulary size.
    package var boundary: UInt32
    package var configuration: TransformerTrainingConfiguration
    /// Steps of the whole fit, which the learning rate's schedule spans.
    package var steps: Int
    /// For early stopping.
    package var validation: TokenDataset?
    /// What the data's order, the dropout masks and fresh adapters are drawn from.
    package var key: RandomKey
    /// Where the result goes.
    package var output: String
    /// Steps between checkpoints; nil for none.
    package var checkpointInterval: Int?
    /// Steps between lines of the log.
    package var reportInterval: Int
    /// Further files of the result, such as `tokenizer.json`.
    package var companions: [(name: String, bytes: [UInt8])]

    package init(
        start: TransformerModel, documents: TokenDataset, boundary: UInt32,
        configuration: TransformerTrainingConfiguration, steps: Int,
        validation: TokenDataset? = nil, key: RandomKey, output: String,
        checkpointInterval: Int? = 1_000, reportInterval: Int = 10,
        companions: [(name: String, bytes: [UInt8])] = []
    ) {
        self.start = start
        self.documents = documents
        self.boundary = boundary
        self.configuration = configuration
        self.steps = steps
        self.validation = validation
        self.key = key
        self.output = output
        self.checkpointInterval = checkpointInterval
        self.reportInterval = reportInterval
        self.companions = companions
    }

    /// Trains from the start or from the folder's checkpoint, and writes the result.
    ///
    /// - Parameters:
    ///   - pool: Who computes; changes no bit of the result.
    ///   - report: Told of the progress.
    ///   - isCancelled: Asked between stretches of steps; where it says yes a checkpoint is written and the job ends without
    ///     a result.
    /// - Returns: The trained model; nil where the job was cancelled.
    /// - Throws: ``TransformerError``, for a divergence with the last good checkpoint; errors of
    ///   the file system.
    package func run(
        pool: WorkerPool, report: (TrainingProgress) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> TransformerModel? {
        let trainer = try TransformerTrainer(
            from: start, on: TokenStream(documents, boundary: boundary),
            configuration: configuration, steps: steps, validation: validation, key: key,
            pool: pool)
        let path = output + "/" + Self.checkpointFile
        var last: Divergence.Checkpoint?
        var sum: String?
        if let bytes = try FileSystem.read(path) {
            sum = try resume(trainer, from: bytes, at: path)
            last = Divergence.Checkpoint(path: path, step: trainer.step)
        }
        let log = try TrainingLog(in: output, from: trainer.step, expecting: sum)
        while !trainer.isFinished {
            try advance(trainer, log, last, report)
            guard !trainer.isFinished else { break }
            let isEnough = isCancelled()
            if isEnough || isCheckpointDue(trainer.step) {
                try log.flush()
                var checkpoint = trainer.checkpoint()
                checkpoint.log = try log.sum()
                try AtomicFile.write(try checkpoint.serialized(), to: path)
                last = Divergence.Checkpoint(path: path, step: trainer.step)
            }
            if isEnough { return nil }
        }
        try log.flush()
        return try write(trainer, replacing: path)
    }

    /// Goes on from a checkpoint.
    ///
    /// - Returns: The sum of the log that belongs to it.
    private func resume(
        _ trainer: TransformerTrainer, from bytes: [UInt8], at path: String
    ) throws(TransformerError) -> String? {
        do throws(TransformerError) {
            let checkpoint = try TrainingCheckpoint(serialized: bytes, file: path)
            try trainer.resume(from: checkpoint, file: path)
            return checkpoint.log
        } catch {
            guard case .checkpoint(let file, let tensor, let problem) = error.kind else {
                throw error
            }
            throw TransformerError(
                .checkpoint(
                    file: file, tensor: tensor, problem: problem + "; remove it to begin again"))
        }
    }

    private func isCheckpointDue(_ step: Int) -> Bool {
        checkpointInterval.map { step % max(1, $0) == 0 } ?? false
    }

    /// Trains to the next report or checkpoint.
    private func advance(
        _ trainer: TransformerTrainer, _ log: borrowing TrainingLog,
        _ last: Divergence.Checkpoint?, _ report: (TrainingProgress) -> Void
    ) throws {
        let next = [reportInterval, checkpointInterval ?? steps].map { interval in
            (trainer.step / max(1, interval) + 1) * max(1, interval)
        }
        var reports: [TrainingProgress] = []
        do throws(TransformerError) {
            try trainer.run(until: next.min(), reportInterval: reportInterval) {
                reports.append($0)
            }
        } catch {
            guard case .diverged(var divergence) = error.kind else { throw error }
            divergence.checkpoint = last
            throw TransformerError(.diverged(divergence))
        }
        for progress in reports {
            try log.append(progress)
            report(progress)
        }
    }

    private func write(
        _ trainer: TransformerTrainer, replacing checkpoint: String
    ) throws -> TransformerModel {
        let model = trainer.model()
        let files = TransformerFiles.files(of: model, boundary: boundary)
        for name in files.keys.sorted() {
            try AtomicFile.write(files[name] ?? [], to: output + "/" + name)
        }
        let adapters = trainer.lowRankAdapters()?.files() ?? [:]
        for name in adapters.keys.sorted() {
            try AtomicFile.write(adapters[name] ?? [], to: output + "/adapter/" + name)
        }
        for (name, bytes) in companions { try AtomicFile.write(bytes, to: output + "/" + name) }
        try FileSystem.removeTree(checkpoint)
        return model
    }
}
