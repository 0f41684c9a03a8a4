import Support

/// The scripts of a run's jobs: readable, and usable by hand.
struct SlurmScript {
    var request: SlurmRequest
    /// The experiment's name, for the lists of jobs.
    var name: String
    /// The absolute path of the run directory.
    var directory: String
    /// The absolute path of the program.
    var program: String
    /// Arguments of the worker beside those that follow from the request.
    var arguments: [String]
    /// `NAME=VALUE` of what a worker needs of this environment.
    var environment: [String]

    /// The workers: an array whose tasks are all alike, so that a slow one holds up nobody.
    func worker(tasks: Int) -> String {
        var lines = heading(log: "%A_%a")
        lines += [
            "--array=0-\(tasks - 1)", "--cpus-per-task=\(request.cpus)", "--requeue",
            "--open-mode=append",
        ].map { "#SBATCH \($0)" }
        if let time = request.slurmTime { lines.append("#SBATCH --time=\(time)") }
        let warning = request.time.flatMap(SlurmRequest.seconds).map(SlurmRequest.warning) ?? 120
        lines.append("#SBATCH --signal=B:USR2@\(warning)")
        for option in request.options {
            let value = option.value.isEmpty ? "" : "=" + option.value
            lines.append("#SBATCH --\(option.name)\(value)")
        }
        lines += preparation
        var words = [program, "worker", directory, "--workers", "\(request.cpus)"]
        if let limit = request.time.flatMap(SlurmRequest.seconds) {
            words += ["--until", "\(limit)s"]
        }
        words += ["--requeues", "\(request.requeues)"] + arguments
        // In place of the shell, so that Slurm's signals reach it.
        lines.append("exec " + words.map(ShellWord.quoted).joined(separator: " "))
        return lines.joined(separator: "\n") + "\n"
    }

    /// What makes metrics and figures once the workers have ended.
    var collector: String {
        let lines = heading(log: "%j-collect") + ["#SBATCH --cpus-per-task=1"] + preparation
        let words = [program, "collect", directory]
        return
            (lines + ["exec " + words.map(ShellWord.quoted).joined(separator: " ")])
            .joined(separator: "\n") + "\n"
    }

    private func heading(log: String) -> [String] {
        var lines = [
            "#!/bin/bash", "#SBATCH --job-name=\(Self.jobName(name))", "#SBATCH --export=NIL",
            "#SBATCH --output=\"\(directory)/work/logs/\(log).log\"",
        ]
        if let partition = request.partition { lines.append("#SBATCH --partition=\(partition)") }
        return lines
    }

    private var preparation: [String] {
        var lines = environment.map { "export " + ShellWord.quoted($0) }
        lines += request.setup
        lines += [
            "if ! [ -d \(ShellWord.quoted(directory)) ]; then",
            "    echo \"Error: there is no run directory \"\(ShellWord.quoted(directory))\" on $(hostname): it "
                + "must lie on a file system that all machines share.\" >&2",
            "    exit 2",
            "fi",
        ]
        return lines
    }

    private static func jobName(_ name: String) -> String {
        let kept = name.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                || scalar == "_"
                ? Character(scalar) : "-"
        }
        return "collapselab-" + String(kept.prefix(60))
    }

    /// - Throws: ``SlurmError`` for a path that Slurm would read as something else.
    static func check(path: String) throws(SlurmError) {
        let refused = path.unicodeScalars.contains { scalar in
            scalar.value < 0x20 || ["\"", "\\", "%", "'", "`", "$"].contains(scalar)
        }
        if refused { throw .path(path) }
    }
}
