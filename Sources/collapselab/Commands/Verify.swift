import ArgumentParser
import Collapse
import Lab
import Report
import Support

extension CollapseLab {
    /// `collapselab verify`
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold everything in a run directory against its sums.",
            discussion: """
                Looks at the specification, every record, every stored model and sample, the \
                measurements, figures and report: whether each is as the run wrote it, and whether \
                a finished run has all of them. Records are also held against what determines \
                them, where their real data is on this machine. Choices of external commands are made once \
                more where --allow-commands names them.

                Exit status: 0 when all is well, or mended; 1 when something is damaged, missing or \
                of something else; 2 when it cannot be mended here, or is no run directory.
                """)

        @OptionGroup var recorded: RecordedRunArguments

        @Flag(
            help:
                "Remove what is damaged and compute it and what is missing anew, to the same bytes."
        )
        var repair = false

        @OptionGroup var commands: ConsentArguments

        @OptionGroup var workers: WorkerArguments

        func run() throws {
            try reportingErrors {
                if repair, try ExperimentFile.restore(in: directory) {
                    note("Mended \(directory)/experiment.yaml from its copy in records/.")
                }
                let resolved = try recorded.resolved()
                try verify(
                    SettingRegistry.type(named: resolved.setting.name), resolved)
            }
        }

        private func verify<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws {
            let prepared = try prepared(type, resolved)
            if commands.consent.isGiven { try commands.consent.check(prepared.commands) }
            let found = try outcome(prepared)
            try report(found)
            guard !found.findings.isEmpty else { return try repeatChoices(of: prepared) }
            guard repair else { throw ExitCode(1) }
            try mend(type, resolved, found)
            let left = try outcome(try self.prepared(type, resolved))
            guard left.findings.isEmpty else {
                note("Still not as the run wrote it:")
                try report(left)
                throw ExitCode(1)
            }
            try printLine("Mended: \(counted(left)).")
        }

        private var directory: String { recorded.directory }

        private func prepared<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws -> PreparedExperiment<Setting> {
            try PreparedExperiment(resolved, execution: execution, mayFetch: false)
        }

        private func outcome<Setting: TaskSetting>(
            _ prepared: PreparedExperiment<Setting>
        ) throws -> RunVerification<Setting>.Outcome {
            try RunVerification(prepared, in: RunDirectory(reading: directory)).outcome()
        }

        /// Makes the choices of external commands once more, where the user allows that.
        private func repeatChoices<Setting: TaskSetting>(
            of prepared: PreparedExperiment<Setting>
        ) throws {
            guard !prepared.commands.isEmpty, !repair else { return }
            guard commands.consent.isGiven else {
                return note(
                    "External commands chose data in this run, which was not repeated: to repeat it, add "
                        + "\(CommandConsent.option) \(prepared.commands.hash)")
            }
            let choices = try RepeatedChoices(
                of: prepared, in: RunDirectory(reading: directory), execution: execution)
            for finding in choices.findings { try printLine(finding) }
            if let reason = choices.leftOut {
                note("Some choices of external commands were not repeated: \(reason).")
            }
            try printLine(
                "External commands chose the same again in \(choices.same) "
                    + "\(choices.same == 1 ? "generation" : "generations")"
                    + (choices.findings.isEmpty
                        ? "." : ", and otherwise in \(choices.findings.count)."))
            if !choices.findings.isEmpty { throw ExitCode(1) }
        }

        /// Makes what is damaged or missing anew: from the records where they are whole, and else by
        /// the run, which needs the real data.
        private func mend<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment,
            _ found: RunVerification<Setting>.Outcome
        ) throws {
            let formats = try formats(found.findings)
            guard found.findings.contains(where: { $0.part != .result }) else {
                let results = try RecordedRun<Setting>(resolved, execution: execution)
                    .rewriteResults(in: directory)
                _ = try ReportFiles.write(Analysis(results), to: directory, formats: formats)
                return
            }
            if found.records < found.plannedRecords {
                note("This computes every generation that is missing, as run does.")
            }
            let execution = execution
            execution.endWithFits(saying: "\nInterrupted. Run the same command to go on.\n")
            let session = try ExperimentSession<Setting>(
                resolved, existing: resolved, at: directory, sharing: nil, mayExtend: false,
                execution: execution)
            try session.removeDamaged(found.findings)
            let (results, failures) = try session.run()
            _ = try ReportFiles.write(Analysis(results), to: directory, formats: formats)
            guard failures.isEmpty else { throw ExitCode(1) }
        }

        /// The formats in which the run has figures, or had those that are missed.
        private func formats(_ findings: [RunFinding]) throws -> [FigureFormat] {
            let names =
                try FileSystem.namesIfAny(in: directory + "/figures") + findings.map(\.path)
            return FigureFormat.allCases.filter { format in
                format == .svg || names.contains { $0.hasSuffix("." + format.rawValue) }
            }
        }

        private var execution: Execution {
            Workplace.execution(
                workers: workers.workers, reporter: RunReporter(isQuiet: !repair),
                consent: commands.consent)
        }

        private func report<Setting>(_ outcome: RunVerification<Setting>.Outcome) throws {
            for finding in outcome.findings { try printLine("\(finding)") }
            if let reason = outcome.unchecked {
                note(
                    "Records and objects were held against their own sums only, not against what "
                        + "determines them: " + (reason.hasSuffix(".") ? reason : reason + "."))
            }
            guard outcome.findings.isEmpty else {
                let count = outcome.findings.count
                return try printLine(
                    "\(directory): \(count) \(count == 1 ? "finding" : "findings") in "
                        + "\(counted(outcome))."
                        + (repair ? "" : Self.remedy(outcome.findings)))
            }
            try printLine("\(directory) is as it was written: \(counted(outcome)).")
            if outcome.isUnfinished {
                try printLine(
                    "The run is unfinished, or chains of it failed (events.jsonl says which): "
                        + "\(outcome.plannedRecords - outcome.records) files of records are not "
                        + "there. The command that began it goes on with it.")
            }
        }

        private static func remedy(_ findings: [RunFinding]) -> String {
            let inputs = findings.filter { $0.part == .input }
            let anew = " Add --repair to compute anew what they name"
            guard !inputs.isEmpty else { return anew + "." }
            return
                " What the run began from cannot be computed: put the files there again, or give "
                + "the path of the original, and run the experiment."
                + (inputs.count < findings.count ? anew + " else." : "")
        }

        private func counted<Setting>(_ outcome: RunVerification<Setting>.Outcome) -> String {
            "\(outcome.records) of \(outcome.plannedRecords) files of records"
                + (outcome.objects == 0 ? "" : ", \(outcome.objects) stored objects")
        }
    }
}
