import Support

/// Why a process cannot join a run: what is in the way, and what to do about it.
package enum WorkRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such directory on this machine.
    case notThere(directory: String, host: String)
    case notPrepared(directory: String)
    /// A process has the directory for itself, and no worker is there to be ended.
    case ranAlone(directory: String, process: Int32, host: String)
    /// What prepared it is another version, or something has damaged it.
    case unreadable(directory: String)
    case otherProgram(directory: String, existing: ProgramIdentity, found: ProgramIdentity)
    case otherSpecification(directory: String)
    case otherKernels(directory: String, existing: String, found: String, host: String)

    package var description: String {
        switch self {
        case .notThere(let directory, let host):
            "there is no \(directory) on \(host): prepare the run in a folder of a file system that all "
                + "machines share, and name it by the same path everywhere"
        case .notPrepared(let directory):
            "\(directory) is not prepared for workers: `collapselab prepare FILE --output "
                + "\(ShellWord.quoted(directory))` writes the list of what is missing"
        case .ranAlone(let directory, let process, let host):
            "\(directory) is being run by one process, which is no worker: end it where it runs "
                + "(Ctrl-C, or `kill \(process)` on \(host)); the same command given again goes on from what "
                + "it has recorded"
        case .unreadable(let directory):
            "\(directory)/work was written by another version of collapselab, or is damaged: "
                + "\(Self.again(directory)) writes it anew; no record is lost"
        case .otherProgram(let directory, let existing, let found):
            "\(directory) was prepared by another program (version \(existing.version), SHA-256 "
                + "\(existing.sha256.prefix(12))..., here version \(found.version), "
                + "\(found.sha256.prefix(12))...): start the same file on every machine, or prepare the run "
                + "anew with this one, \(Self.again(directory))"
        case .otherSpecification(let directory):
            "\(directory)/experiment.yaml is not what was prepared: \(Self.again(directory)) takes it as "
                + "it is now"
        case .otherKernels(let directory, let existing, let found, let host):
            "\(directory) is computed by the kernels \(existing), and \(host) has \(found), whose last bits "
                + "differ: use machines of one kind (with Slurm, --sbatch constraint=NAME), or prepare and "
                + "run everywhere with the environment variable OPENBLAS_CORETYPE set to a kind that every "
                + "machine can be, such as Haswell"
        }
    }

    /// The command that prepares a run directory once more.
    private static func again(_ directory: String) -> String {
        let file = ShellWord.quoted(directory + "/experiment.yaml")
        return "`collapselab prepare \(file) --output \(ShellWord.quoted(directory))`"
    }
}
