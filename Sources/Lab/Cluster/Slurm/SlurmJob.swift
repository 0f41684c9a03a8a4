import Glibc

/// The job of Slurm that this process is.
package struct SlurmJob: Hashable, Sendable {
    /// As Slurm's commands take it, such as `123` or `123_4`.
    package var name: String
    /// How often it was put back into the queue.
    package var restarts: Int

    /// - Returns: Nil where the environment is not one of a job.
    package init?(environment: [String: String]) {
        guard let number = environment["SLURM_JOB_ID"], !number.isEmpty else { return nil }
        if let array = environment["SLURM_ARRAY_JOB_ID"],
            let task = environment["SLURM_ARRAY_TASK_ID"]
        {
            name = "\(array)_\(task)"
        } else {
            name = number
        }
        restarts = environment["SLURM_RESTART_COUNT"].flatMap { Int($0) } ?? 0
    }

    /// Whether Slurm lets the job run on for now, as in the time of grace before a preemption. One that it
    /// is ending is called `COMPLETING`, be it cancelled or out of time, or queued again by Slurm itself.
    package var isRunning: Bool {
        (try? Slurm.located().state(of: name)) == "RUNNING"
    }
}
