/// What stands between a run and Slurm, and what to do about it.
package enum SlurmError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A command of Slurm is not on the path.
    case noCommand(String)
    /// A command of Slurm failed; its last words.
    case failed(command: String, words: String)
    case noPartition(String, known: [String])
    /// An option cannot be given to Slurm as it is.
    case option(String, String)
    /// The run directory's path cannot stand in a script.
    case path(String)
    /// No worker came to its first unit.
    case noWorker(logs: String)

    package var description: String {
        switch self {
        case .noCommand(let command):
            "there is no \(command) on the PATH: log in to a machine of the cluster that can submit jobs, "
                + "or start `collapselab worker` there in another way (see scripts/cluster/)"
        case .failed(let command, let words):
            "\(command) failed: \(words.isEmpty ? "it said nothing" : words)"
        case .noPartition(let name, let known):
            "there is no partition \(name); this cluster has \(known.joined(separator: ", "))"
        case .option(let option, let problem):
            "\(option.debugDescription) cannot be given to Slurm: \(problem)"
        case .path(let path):
            "\(path.debugDescription) cannot be written in a job's script: choose an --output without "
                + "quotes, backslashes, percent signs and control characters"
        case .noWorker(let logs):
            "the jobs have ended, and none of them worked on the run: \(logs) says why where it is there; "
                + "where it is not, the run directory is not on a file system that the machines of the jobs "
                + "share"
        }
    }

    /// Whether the user's input is what is wrong.
    package var isWrongInput: Bool {
        switch self {
        case .noCommand, .noPartition, .option, .path: true
        case .failed, .noWorker: false
        }
    }
}
