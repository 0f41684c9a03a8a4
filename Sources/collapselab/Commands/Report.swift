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

        @Argument(help: "The run directory.")
        var directory: String

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
                guard
                    let resolved = try ExperimentFile.recorded(
                        in: directory, settings: SettingRegistry.declarations)
                else {
                    throw WrongInput("\(directory) holds no experiment.yaml: name a run directory.")
                }
                try write(SettingRegistry.type(named: resolved.setting.name), resolved, all)
            }
        }

        private func write<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment, _ formats: [FigureFormat]
        ) throws {
            let execution = Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true))
            let prepared = try PreparedExperiment<Setting>(resolved, execution: execution)
            let run = try RunDirectory(reading: directory)
            let results = try ResultsBuilder(
                prepared, in: run, workers: execution.workers, provenance: resolved.provenance,
                specificationText: try run.specification() ?? ""
            ).results()
            results.cautions.forEach(warn)
            try printLine(try ReportFiles.write(results, to: directory, formats: formats))
        }
    }
}
