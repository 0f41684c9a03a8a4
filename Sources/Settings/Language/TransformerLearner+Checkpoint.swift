import Collapse
import LanguageModels

extension TransformerLearner {
    /// Makes the steps of a fit that are left, from the state that an earlier one left if there is
    /// any, and keeps the state where that is due.
    func run(
        _ trainer: TransformerTrainer, keeping checkpoint: (any FitCheckpoint)?,
        report: (TrainingProgress) -> Void
    ) throws {
        guard let checkpoint else { return try trainer.run(report: report) }
        if let state = checkpoint.begin() { resume(trainer, from: state, of: checkpoint) }
        func save() throws {
            try checkpoint.saveIfDue(isFinished: trainer.isFinished) {
                try trainer.checkpoint().serialized()
            }
        }
        // The state may be of the end.
        if trainer.isFinished { try save() }
        while !trainer.isFinished {
            try trainer.run(until: trainer.step + 1, report: report)
            try save()
        }
    }

    private func resume(
        _ trainer: TransformerTrainer, from state: [UInt8], of checkpoint: any FitCheckpoint
    ) {
        do throws(TransformerError) {
            try trainer.resume(from: TrainingCheckpoint(serialized: state, file: "the state"))
            checkpoint.resume(at: trainer.step, of: trainer.steps)
        } catch {
            guard case .checkpoint(_, _, let problem) = error.kind else {
                return checkpoint.refuse("cannot be gone on from: \(error)")
            }
            checkpoint.refuse(problem)
        }
    }
}
