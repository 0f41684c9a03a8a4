import Collapse
import Foundation
import Lab
import Support

/// Where a run stands, in words.
enum StatusText {
    private struct Both: Encodable {
        var status: WorkStatus
        var jobs: [Slurm.JobState]

        private enum Keys: String, CodingKey { case slurm }

        func encode(to encoder: any Encoder) throws {
            try status.encode(to: encoder)
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(jobs, forKey: .slurm)
        }
    }

    /// JSON for programs, on one line where several follow each other.
    static func json(
        _ status: WorkStatus, _ jobs: [Slurm.JobState], isLine: Bool
    ) throws -> String {
        let both = Both(status: status, jobs: jobs)
        return isLine ? try jsonLine(both) : try jsonText(both) + "\n"
    }

    /// The whole of it in a line.
    static func line(_ status: WorkStatus, _ jobs: [Slurm.JobState]) -> String {
        var parts = [
            "\(status.done) of \(status.units) units done (\(status.recorded) of \(status.planned) files of "
                + "records)",
            "\(status.running.count) worked on by \(counted(status.workers.count, "worker"))",
        ]
        if status.failed > 0 { parts.append("\(status.failed) failed") }
        if !jobs.isEmpty { parts.append("jobs " + summary(jobs)) }
        if let left = status.secondsLeft, left > 0, status.done < status.units {
            parts.append("about \(TimeSpan(seconds: Int(left.rounded()))) left")
        }
        return parts.joined(separator: "; ")
    }

    /// Everything, a thing a line.
    static func lines(_ status: WorkStatus, _ jobs: [Slurm.JobState]) -> [String] {
        let place = ShellWord.quoted(status.directory)
        var lines = ["\(status.name) in \(status.directory)", line(status, jobs)]
        if status.isFinished {
            lines.append("Everything is recorded and collected.")
        } else if status.recorded == status.planned {
            lines.append(
                "Everything is recorded: `collapselab collect \(place)` writes its results."
            )
        } else if status.isCancelled {
            lines.append("Its workers were told to end.")
        } else if !status.isPrepared {
            lines.append(
                "It was not prepared for workers: what runs here is one process, if any, which this "
                    + "command does not see.")
        } else if status.workers.isEmpty, !jobs.contains(where: \.isComing) {
            lines.append(
                "Nobody works on it: start `collapselab worker \(place)`, or give the command "
                    + "that prepared it again.")
        }
        for running in status.running {
            let seeds =
                running.seeds.count == 1
                ? "seed \(running.seeds[0])"
                : "seeds \(running.seeds[0]) to \(running.seeds[running.seeds.count - 1])"
            lines.append(
                "  arm \(running.arm)  \(seeds)  \(running.recorded) of \(running.planned) recorded, on "
                    + "\(running.host), process \(running.process)"
                    + (running.job.map { ", job \($0)" } ?? "")
                    + (running.heardOf.map { ", heard of \(Int(max(0, $0))) s ago" } ?? ""))
        }
        for job in jobs where job.isComing && job.state != "RUNNING" {
            lines.append(
                "  job \(job.job)  \(job.state.lowercased())"
                    + (job.reason.isEmpty || job.reason == "None"
                        ? "" : " (\(explained(job.reason)))"))
        }
        for failure in status.failures {
            lines.append(
                "  FAILED: arm \(failure.arm)  seed \(failure.seed), on \(failure.host): "
                    + "\(failure.message)")
        }
        return lines
    }

    private static func summary(_ jobs: [Slurm.JobState]) -> String {
        Dictionary(grouping: jobs, by: \.state).map { (state: $0.key, count: $0.value.count) }
            .sorted { $0.state < $1.state }
            .map { "\($0.count) \($0.state.lowercased())" }.joined(separator: ", ")
    }

    /// Slurm's words for why a job waits, where they say little.
    private static func explained(_ reason: String) -> String {
        switch reason {
        case "BeginTime": "BeginTime: Slurm holds a job that was queued again for two minutes"
        case "Dependency": "Dependency: it waits for the workers"
        default: reason
        }
    }
}
