import ArgumentParser
import Collapse
import Foundation
import Lab
import Report

extension CollapseLab {
    /// `collapselab report`
    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write figures and report of a run directory again, from its records.")

        @OptionGroup var recorded: RecordedRunArguments

        @Option(
            name: .customLong("format"), parsing: .singleValue,
            help: "A figure format beside SVG: pdf or png; may be repeated.")
        var formats: [String] = []

        func run() throws {
            try reportingErrors {
                var all: [FigureFormat] = [.svg]
                for name in formats {
                    guard let format = FigureFormat(rawValue: name) else {
                        throw WrongInput(
                            "there is no figure format \(name); choose svg, pdf or png.")
                    }
                    if !all.contains(format) { all.append(format) }
                }
                let resolved = try recorded.resolved()
                try write(SettingRegistry.type(named: resolved.setting.name), resolved, all)
            }
        }

        private func write<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment, _ formats: [FigureFormat]
        ) throws {
            let execution = Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true))
            let results = try RecordedRun<Setting>(resolved, execution: execution).results(
                in: RunDirectory(reading: recorded.directory))
            results.cautions.forEach(warn)
            try printLine(
                try ReportFiles.write(Analysis(results), to: recorded.directory, formats: formats))
        }
    }
}
