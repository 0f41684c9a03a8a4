import Foundation
import Glibc
import Lab
import Support
import Synchronization

/// How a worker ends before its work does: warned of a time limit or a preemption, told to end by a
/// signal, or because the run was cancelled.
///
/// The running fits write their state, claims are given back, and in a job of Slurm the job goes back
/// into the queue: another worker, or this one later, goes on to the same bits.
final class WorkerEnding: Sendable {
    let job: SlurmJob?
    private let folder: WorkFolder
    private let execution: Execution
    private let mostRequeues: Int
    private let begun = Atomic<Bool>(false)

    init(folder: WorkFolder, execution: Execution, job: SlurmJob?, mostRequeues: Int) {
        self.folder = folder
        self.execution = execution
        self.job = job
        self.mostRequeues = mostRequeues
    }

    /// Whether nothing new is to be begun.
    var hasBegun: Bool { begun.load(ordering: .relaxed) }

    /// From now on signals are heeded, and the time limit in seconds from now, if there is one.
    func watch(limit: Int?) {
        Termination.watch(warnings: [SIGUSR2]) { [self] signal in end(signal) }
        let folder = folder
        let thread = Thread {
            let start = ContinuousClock.now
            let warning = limit.map { $0 - SlurmRequest.warning(before: $0) }
            while true {
                let seconds = Int((ContinuousClock.now - start).components.seconds)
                if let warning, seconds >= warning {
                    kill(getpid(), SIGUSR2)
                    return
                }
                if folder.isCancelled {
                    kill(getpid(), SIGTERM)
                    return
                }
                sleep(1)
            }
        }
        thread.start()
    }

    /// - Returns: The exit status.
    private func end(_ signal: Int32) -> Int32 {
        let isWarning = signal == SIGUSR2
        // However short the time is, each start gets something done: otherwise none ever would.
        let interruption = execution.interruption
        while isWarning, interruption.progress == 0, !interruption.isFitting,
            !Termination.isWanted
        {
            usleep(20_000)
        }
        begun.store(true, ordering: .relaxed)
        let fits = interruption.request()
        let reason =
            folder.isCancelled
            ? "The work on \(folder.directory) was cancelled"
            : isWarning ? "Warned that the time is over" : "Told to end by signal \(signal)"
        note(
            reason
                + (fits > 0
                    ? ": writing the state of \(fits) \(fits == 1 ? "fit" : "fits")." : "."))
        interruption.waitUntilWritten()
        // Before the job is queued again, which another worker may notice.
        try? folder.release { $0.process == .current }
        if folder.isCancelled { return 0 }
        guard let job, folder.isAnythingLeft(), mostRequeues > 0 else {
            return isWarning ? 0 : 128 + signal
        }
        // Whoever cancelled it wants it gone, and what Slurm queues again it queues by itself.
        guard isWarning || job.isRunning else { return 128 + signal }
        guard job.restarts < mostRequeues else {
            note(
                "Job \(job.name) was queued again \(job.restarts) times, which is the most that was allowed "
                    + "(requeues): it ends here, and units are left.")
            return 1
        }
        do {
            try Slurm.located().requeue(job.name)
            note("Job \(job.name) goes back into the queue.")
            return 0
        } catch {
            note("Error: job \(job.name) could not be queued again: \(error)")
            return 1
        }
    }
}
