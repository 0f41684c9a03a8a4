package import Collapse
import Support

/// Where a run stands, from its own files: no process is asked, and none is disturbed.
package struct WorkStatus: Sendable, Encodable {
    /// A unit that is worked on.
    package struct Running: Sendable, Encodable {
        package var arm: String
        package var seeds: [UInt64]
        /// Files of records that are there, of so many.
        package var recorded: Int
        package var planned: Int
        package var host: String
        package var process: Int32
        package var job: String?
        /// Seconds since the claim was last renewed, where its process is on another machine.
        package var heardOf: Double?
    }

    /// A process that is there.
    package struct Worker: Sendable, Encodable {
        package var host: String
        package var process: Int32
        package var job: String?
    }

    /// The path of the run directory.
    package var directory: String
    /// The experiment's name.
    package var name: String
    /// Units in all, of which so many are recorded whole, failed, are worked on, or wait.
    package var units = 0
    package var done = 0
    package var failed = 0
    package var waiting = 0
    /// Files of records that are there, of all that are planned.
    package var recorded = 0
    package var planned = 0
    package var running: [Running] = []
    package var workers: [Worker] = []
    package var failures: [RecordedFailure] = []
    package var jobs: [SubmittedJob] = []
    /// Whether the run was prepared for workers, and whether they were told to stop.
    package var isPrepared: Bool
    package var isCancelled: Bool
    /// Whether metrics and figures are made of all records.
    package var isFinished: Bool
    /// Units done in an hour since the first of this plan, and the seconds that the rest takes at that
    /// rate; nil while fewer than three are done.
    package var unitsPerHour: Double?
    package var secondsLeft: Double?

    private enum CodingKeys: String, CodingKey {
        case directory, name, units, done, failed, waiting, recorded, planned, running, workers
        case failures, jobs, isPrepared = "is_prepared", isCancelled = "is_cancelled"
        case isFinished = "is_finished", unitsPerHour = "units_per_hour"
        case secondsLeft = "seconds_left"
    }

    /// Looks at a run directory.
    package init<Setting: TaskSetting>(
        of prepared: PreparedExperiment<Setting>, in path: String
    ) throws {
        let run = try RunDirectory(reading: path)
        let folder = WorkFolder(of: path)
        directory = path
        name = prepared.name
        isPrepared = folder.isPrepared
        isCancelled = folder.isCancelled
        isFinished = (try? run.summary())??.isFinished ?? false
        let terms = (try? folder.plan())?.terms ?? .usual
        let claims = folder.claims(terms)
        failures = try folder.failures()
        jobs = (try? folder.jobs()) ?? []
        workers = try folder.liveWorkers().map {
            Worker(host: $0.host, process: $0.process.number, job: $0.job)
        }
        let held = Set(try claims.names())
        let failedSeeds = Set(failures.map { "\($0.arm) \($0.seed)" })
        for unit in try prepared.units() {
            let blocks = prepared.blocks(arm: unit.arm, seeds: unit.seeds)
            let there = blocks.count { FileSystem.exists(run.path(of: $0)) }
            units += 1
            planned += blocks.count
            recorded += there
            if there == blocks.count {
                done += 1
            } else if held.contains(unit.name), let (holder, age) = claims.holder(of: unit.name),
                let holder
            {
                running.append(
                    Running(
                        arm: unit.arm, seeds: unit.seeds, recorded: there, planned: blocks.count,
                        host: holder.host, process: holder.process.number, job: holder.job,
                        heardOf: age))
            } else if unit.seeds.contains(where: { failedSeeds.contains("\(unit.arm) \($0)") }) {
                failed += 1
            } else {
                waiting += 1
            }
        }
        estimate(try folder.finishTimes())
    }

    private mutating func estimate(_ times: [Double]) {
        guard let first = times.min(), let last = times.max(), times.count > 2, last > first else {
            return
        }
        let rate = Double(times.count - 1) / (last - first)
        unitsPerHour = rate * 3_600
        secondsLeft = Double(running.count + waiting) / rate
    }
}
