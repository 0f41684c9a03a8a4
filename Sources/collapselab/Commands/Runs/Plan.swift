import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab plan`
    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Say what a run needs, fits, data, time, memory and disk, and what is there of it.",
            discussion: """
                The time is that of this machine: the beginning of the experiment is run for two seconds or a \
                little more, in a folder that is thrown away.

                  collapselab plan demo-ngram
                  collapselab plan mine.yaml --set seeds=0..9 --workers 16
                """)

        @OptionGroup var experiment: ExperimentArguments

        @Option(
            name: .shortAndLong,
            help: "The run directory (default: runs/ and the name of the file or recipe).")
        var output: String?

        @Option(help: "A folder whose stored generations runs share, as for run.")
        var store: String?

        @Option(CommandKeys.workers, name: .shortAndLong)
        var workers: Int = ProcessInfo.processInfo.activeProcessorCount

        @Flag(help: "Do not try how long it takes.")
        var noProbe = false

        @Flag(help: "Print JSON for programs.")
        var json = false

        /// The plan with what was tried.
        private struct Both: Encodable {
            var plan: RunPlan
            var probe: RunProbe.Findings?
            var free: Double?

            private enum Keys: String, CodingKey {
                case probe
                case free = "free_bytes"
            }

            func encode(to encoder: any Encoder) throws {
                try plan.encode(to: encoder)
                var container = encoder.container(keyedBy: Keys.self)
                try container.encode(probe, forKey: .probe)
                try container.encode(free, forKey: .free)
            }
        }

        func run() throws {
            try reportingErrors {
                let resolved = try experiment.resolved()
                let directory = output ?? experiment.defaultDirectory
                let both = try plan(
                    SettingRegistry.type(named: resolved.setting.name), resolved, directory)
                if json {
                    try printLine(jsonText(both))
                } else {
                    try lines(both, directory).forEach { try printLine($0) }
                }
            }
        }

        private func plan<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment, _ directory: String
        ) throws -> Both {
            let execution = Workplace.execution(
                workers: workers, reporter: RunReporter(isQuiet: true))
            let prepared = try PreparedExperiment<Setting>(
                resolved, execution: execution, mayFetch: false)
            let plan = try RunPlan(
                of: prepared, in: directory, sharing: store, fingerprint: execution.fingerprint)
            var probe: RunProbe.Findings?
            if !noProbe, plan.recorded < plan.planned, plan.remark == nil,
                prepared.commands.isEmpty
            {
                let folder = try WorkingFolder()
                probe = try RunProbe(of: plan).run(
                    type, resolved, execution, in: folder.path + "/run")
            }
            return Both(plan: plan, probe: probe, free: DiskSpace.free(at: directory))
        }

        private func lines(_ both: Both, _ directory: String) -> [String] {
            let plan = both.plan
            var lines = [
                "\(plan.name): \(counted(plan.arms.count, "arm")), \(counted(plan.seeds, "seed")), "
                    + "generations 0 to \(plan.generations): \(plan.fits) fits",
                "on disk      \(plan.recorded) of \(plan.planned) files of records in \(directory)"
                    + (plan.stored > 0
                        ? "; \(plan.stored) more need no work, for what they hold is stored" : ""),
            ]
            let trained = plan.arms.reduce(0.0) { $0 + Double($1.trained) } * Double(plan.seeds)
            let largest = plan.arms.max { $0.largest < $1.largest }
            lines.append(
                "trained on   \(TerminalNumber.quantity(trained)) \(plan.unit) in all; most at once "
                    + "\(TerminalNumber.quantity(Double(largest?.largest ?? 0))), in the arm \(largest?.name ?? "")"
            )
            let needs = plan.arms.filter { $0.real != nil && $0.available != nil }
            if let most = needs.max(by: { ($0.real ?? 0) < ($1.real ?? 0) }) {
                lines.append(
                    "real data    \(most.real ?? 0) of \(most.available ?? 0) examples, in the arm \(most.name)"
                )
            }
            lines.append("time         " + time(both))
            lines.append(
                "memory       about \(bytes(plan.dataBytes)) for the data of a generation, for each of "
                    + "\(workers) workers; models come on top")
            if let size = both.probe?.bytes {
                lines.append(
                    "disk         about \(bytes(size))"
                        + (both.free.map { ", of \(bytes($0)) that are free" } ?? ""))
            }
            if let remark = plan.remark { lines.append(remark + ".") }
            return lines
        }

        private func time(_ both: Both) -> String {
            let plan = both.plan
            guard plan.recorded < plan.planned else { return "nothing is left to compute" }
            guard let probe = both.probe else {
                return "not tried" + (noProbe ? "" : ": what the run needs is not all here")
            }
            let left = Double(plan.planned - plan.recorded - plan.stored) / Double(plan.planned)
            let tried =
                " (\(TerminalNumber.seconds(probe.tried)) tried on \(counted(workers, "worker")): "
                + "\(probe.recorded) of \(plan.planned) done)"
            if let seconds = probe.seconds {
                return "about \(TerminalNumber.duration(seconds * left))" + tried
            }
            if let seconds = probe.fitSeconds {
                return "the fits alone about \(TerminalNumber.duration(seconds * left))" + tried
            }
            return
                "cannot be told from \(TerminalNumber.seconds(probe.tried)), in which nothing was done"
        }

        private func bytes(_ count: Double) -> String { TerminalNumber.bytes(count) }
    }
}
