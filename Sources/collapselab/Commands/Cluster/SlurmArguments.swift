import ArgumentParser
import Foundation
import Lab
import Support

/// Where the work of a run is done.
enum Executor: String, ExpressibleByArgument, CaseIterable {
    case local, slurm
}

/// What a run asks of a cluster: never part of an experiment, and of no result.
struct ExecutorArguments: ParsableArguments {
    @Option(help: "Where the work is done: local, or slurm for jobs of a cluster.")
    var executor = Executor.local

    @Option(
        help: ArgumentHelp(
            "With slurm: a file with the keys that follow (default: \(Self.usualFile), where it is there).",
            valueName: "file"))
    var cluster: String?

    @Option(help: "With slurm: the partition of the jobs.")
    var partition: String?

    @Option(help: "With slurm: the time limit of each worker, such as 04:00:00.")
    var time: String?

    @Option(
        ifGiven: CommandKeys.count("workers-total", "With slurm: workers at a time (default: 8)."))
    var workersTotal: Int?

    @Option(
        ifGiven: Key(
            "cpus-per-worker", .integer(1...1_024),
            help: "With slurm: threads of each (default: 1)."))
    var cpusPerWorker: Int?

    @Option(
        name: .customLong("sbatch"), parsing: .singleValue,
        help: ArgumentHelp(
            "With slurm: a further option of sbatch for the workers, such as constraint=haswell; may be "
                + "repeated.", valueName: "key=value"))
    var options: [String] = []

    @Flag(
        exclusivity: .exclusive,
        help: "With slurm: stay until everything is collected, or leave once it is submitted.")
    var presence = Presence.wait

    @OptionGroup var lease: LeaseArguments

    enum Presence: String, EnumerableFlag {
        case wait, detach
    }

    static let usualFile = "~/.config/collapselab/cluster.yaml"

    /// What is asked of Slurm: the file's, and the command line's before it.
    func request() throws -> SlurmRequest {
        let usual = (Self.usualFile as NSString).expandingTildeInPath
        let file = cluster ?? (FileSystem.exists(usual) ? usual : nil)
        var request = try file.map(SlurmRequest.init(file:)) ?? SlurmRequest()
        if let partition { request.partition = partition }
        if let time { request.time = time }
        if let workersTotal { request.workers = workersTotal }
        if let cpusPerWorker { request.cpus = cpusPerWorker }
        for option in options { try request.add(option: option) }
        return request
    }

    /// Options of Slurm without Slurm would do nothing.
    func validate() throws {
        guard executor == .local else { return }
        let given = [
            ("--cluster", cluster != nil), ("--partition", partition != nil),
            ("--time", time != nil),
            ("--workers-total", workersTotal != nil), ("--cpus-per-worker", cpusPerWorker != nil),
            ("--sbatch", !options.isEmpty), ("--detach", presence == .detach),
            ("--lease", lease.isGiven),
        ].first(where: \.1)
        if let given {
            throw ValidationError(
                "\(given.0) belongs to --executor slurm: add that, or leave it out.")
        }
    }
}
