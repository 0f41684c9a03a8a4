import Glibc
import Support

/// Slurm by its commands.
package struct Slurm: Sendable {
    /// A job, or a task of an array, as the queue has it.
    package struct JobState: Sendable, Hashable, Encodable {
        package var job: String
        package var state: String
        /// Why it waits.
        package var reason: String

        /// Whether it waits or runs.
        package var isComing: Bool {
            ["PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "REQUEUED", "SUSPENDED", "STOPPED"]
                .contains(state)
        }
    }

    private init() {}

    /// - Throws: ``SlurmError`` where jobs cannot be submitted from here.
    package static func located() throws(SlurmError) -> Slurm {
        for command in ["sbatch", "scontrol"] where path(of: command) == nil {
            throw .noCommand(command)
        }
        return Slurm()
    }

    /// What the queue says of jobs; nothing where there are none or nobody to ask.
    package static func states(of jobs: [SubmittedJob]) -> [JobState] {
        guard !jobs.isEmpty, path(of: "squeue") != nil else { return [] }
        // One that is long gone is an error to squeue when it is asked for alone.
        let numbers = jobs.map(\.job).joined(separator: ",")
        guard
            let text = try? Slurm().output(
                "squeue", ["-h", "-r", "-t", "all", "-o", "%i %T %r", "-j", numbers])
        else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count >= 2 else { return nil }
            return JobState(job: words[0], state: words[1], reason: words.count > 2 ? words[2] : "")
        }
    }

    /// The most tasks of an array.
    package func mostTasks() throws -> Int {
        let text = try output("scontrol", ["show", "config"])
        let size = text.split(separator: "\n").compactMap { line -> Int? in
            let words = line.split(separator: "=").map { $0.filter { $0 != " " } }
            return words.count == 2 && words[0] == "MaxArraySize" ? Int(words[1]) : nil
        }.first
        // The greatest index is one less.
        return max(1, (size ?? 1_001) - 1)
    }

    /// - Throws: ``SlurmError`` where the cluster has no such partition.
    package func check(partition: String) throws {
        let text = try output("scontrol", ["show", "partition", "-o"])
        let names = text.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /PartitionName=(\S+)/).map { String($0.1) }
        }
        for name in partition.split(separator: ",").map(String.init) where !names.contains(name) {
            throw SlurmError.noPartition(name, known: names.sorted())
        }
    }

    /// Submits a script.
    ///
    /// - Parameters:
    ///   - path: The script.
    ///   - before: A job that must have ended first, however.
    /// - Returns: The job's number.
    /// - Throws: ``SlurmError`` where Slurm does not take it.
    func submit(_ path: String, after before: String? = nil) throws -> String {
        let dependency = before.map { ["--dependency=afterany:\($0)"] } ?? []
        let text = try output("sbatch", ["--parsable"] + dependency + [path])
        let job = text.split(whereSeparator: { $0 == "\n" || $0 == ";" }).first.map(String.init)
        guard let job, job.wholeMatch(of: /\d+/) != nil else {
            throw SlurmError.failed(command: "sbatch", words: text)
        }
        return job
    }

    /// The state of one job as its controller has it; nil for one that it has forgotten.
    func state(of job: String) throws -> String? {
        try output("scontrol", ["show", "job", "-o", job]).firstMatch(of: /JobState=(\w+)/)
            .map { String($0.1) }
    }

    /// Takes jobs out of the queue, and ends those that run.
    package func cancel(_ jobs: [SubmittedJob]) throws {
        _ = try output("scancel", jobs.map(\.job))
    }

    /// Puts the job that this process is back into the queue, which ends the process.
    package func requeue(_ job: String) throws {
        _ = try output("scontrol", ["requeue", job])
    }

    // MARK: Commands

    private static func path(of command: String) -> String? {
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { "\($0)/\(command)" }.first(
            where: ProgramFile.mayExecute)
    }

    private func output(_ command: String, _ arguments: [String]) throws -> String {
        guard let path = Self.path(of: command) else { throw SlurmError.noCommand(command) }
        var variables: [String] = []
        var next = environ
        while let variable = next.pointee {
            variables.append(String(cString: variable))
            next += 1
        }
        var text: [UInt8] = []
        let outcome = try LimitedProgram(
            path: path, arguments: [command] + arguments, environment: variables, folder: "/",
            seconds: 60, memory: 4 << 30, output: 64 << 20
        ).run(input: { [] }, output: { text += $0 })
        guard case .exited(0) = outcome.end else {
            let words = String(decoding: outcome.lastWords, as: UTF8.self)
                .split(separator: "\n").joined(separator: "; ")
            throw SlurmError.failed(command: command, words: words)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
