import Support

/// What a run asks of Slurm: what stands in a cluster file, and on the command line before it. Never
/// part of an experiment.
package struct SlurmRequest: Hashable, Sendable {
    /// Where jobs run; nil for the cluster's own choice.
    package var partition: String?
    /// The time limit of each worker as Slurm writes it; nil for the partition's own.
    package var time: String?
    /// The workers at a time.
    package var workers = 8
    /// The threads of each.
    package var cpus = 1
    /// Further options of `sbatch` for the workers, by their long names.
    package var options: [Option] = []
    /// Lines of the shell before a worker starts, such as `module load openblas`.
    package var setup: [String] = []
    /// How often a worker that is preempted or out of time is put into the queue again.
    package var requeues = 100

    /// A long option of `sbatch`; empty for one without a value.
    package struct Option: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package init() {}

    private static let partitionKey = Key(
        "partition", .optional(.text), default: nil, help: "The partition of the jobs.")
    private static let timeKey = Key(
        "time", .optional(.text), default: nil,
        help: "The time limit of each worker, such as 04:00:00.")
    private static let workersKey = Key(
        "workers-total", .integer(1...100_000), default: 8, help: "The workers at a time.")
    private static let cpusKey = Key(
        "cpus-per-worker", .integer(1...1_024), default: 1, help: "The threads of each worker.")
    private static let optionsKey = Key(
        "sbatch", .list(.text), default: [], help: "Further options of sbatch, as key=value.")
    private static let setupKey = Key(
        "setup", .list(.text), default: [],
        help: "Lines of the shell before a worker starts, such as module load openblas.")
    private static let requeuesKey = Key(
        "requeues", .integer(0...10_000), default: 100,
        help: "How often a worker that is preempted or out of time is queued again.")

    /// What stands in a cluster file.
    ///
    /// - Throws: ``SpecificationError`` with the place in the file, ``SlurmError``.
    package init(file path: String) throws {
        let keys = [
            Self.partitionKey.declaration, Self.timeKey.declaration, Self.workersKey.declaration,
            Self.cpusKey.declaration, Self.optionsKey.declaration, Self.setupKey.declaration,
            Self.requeuesKey.declaration,
        ]
        let value = try ExperimentFile.value(
            path: path, as: .group(keys), named: "cluster file", overrides: [])
        partition = try value[Self.partitionKey]
        time = try value[Self.timeKey]
        workers = try value[Self.workersKey]
        cpus = try value[Self.cpusKey]
        setup = try value[Self.setupKey]
        requeues = try value[Self.requeuesKey]
        for text in try value[Self.optionsKey] { try add(option: text) }
    }

    /// What this program decides itself.
    private static let own: Set<String> = [
        "array", "chdir", "dependency", "error", "export", "input", "no-requeue", "open-mode",
        "output",
        "requeue", "signal", "wait", "wrap", "kill-on-invalid-dep", "parsable", "job-name",
    ]
    private static let withKeyOfTheirOwn = [
        "partition": "--partition", "time": "--time", "cpus-per-task": "--cpus-per-worker",
        "ntasks": "--workers-total",
    ]

    /// Adds an option of `sbatch`, `NAME=VALUE` or `NAME`.
    ///
    /// - Throws: ``SlurmError`` for one that is not of this form, or that is not the user's to choose.
    package mutating func add(option text: String) throws(SlurmError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0].hasPrefix("--") ? String(parts[0].dropFirst(2)) : String(parts[0])
        guard name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil else {
            throw .option(text, "write NAME=VALUE with the long name of an option of sbatch")
        }
        if let key = Self.withKeyOfTheirOwn[name] { throw .option(text, "use \(key)") }
        guard !Self.own.contains(name) else {
            throw .option(text, "--\(name) is set by collapselab itself")
        }
        let value = parts.count > 1 ? String(parts[1]) : ""
        try Self.check(value, of: "--sbatch \(name)")
        options.removeAll { $0.name == name }
        options.append(Option(name: name, value: value))
    }

    /// Checks everything that comes to stand in a job's script.
    package func check() throws(SlurmError) {
        if let partition { try Self.check(partition, of: "--partition") }
        if let time {
            try Self.check(time, of: "--time")
            guard Self.seconds(of: time) != nil || time.uppercased() == "UNLIMITED" else {
                throw .option(
                    "--time \(time)",
                    "write it as Slurm does, such as 04:00:00 or 1-12:00:00, or as 3h50m")
            }
        }
        for line in setup where line.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) {
            throw .option("setup", "a line of the shell is one line")
        }
    }

    /// Neither the shell nor Slurm may find anything but one value in it.
    private static func check(_ value: String, of name: String) throws(SlurmError) {
        guard value.wholeMatch(of: /[A-Za-z0-9_.,:=\/+@%\[\]()*&|!~^-]*/) != nil,
            !value.hasPrefix("-")
        else {
            throw .option(
                name,
                "its value holds a space, a quote, a new line or another character that has no "
                    + "place in an option")
        }
    }

    /// The seconds of a time limit: where Slurm takes a number, it is minutes.
    package static func seconds(of time: String) -> Int? {
        if let minutes = Int(time) { return minutes > 0 ? minutes * 60 : nil }
        if let match = time.wholeMatch(of: /(\d+):(\d\d)/) {
            guard let minutes = Int(match.1), let seconds = Int(match.2) else { return nil }
            return 60 * minutes + seconds
        }
        return TimeSpan(time)?.seconds
    }

    /// The time limit as Slurm writes it.
    var slurmTime: String? {
        guard let time else { return nil }
        // Its own forms stay as they are.
        guard time.contains(/[hms]|\dd/), let seconds = Self.seconds(of: time) else { return time }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// Seconds before the limit at which a worker is warned.
    package static func warning(before limit: Int) -> Int { min(120, max(1, limit / 4)) }
}
