import ArgumentParser
import Collapse
import Compute
import Foundation
import Glibc
import Lab
import LanguageModels
import Support
import Text

/// Where the program finds its corpora and presets, and the version it reports.
enum Workplace {
    /// The folder with `corpora/` and `models/`: `COLLAPSELAB_ROOT`, or the nearest folder above
    /// the working directory or the executable that has both.
    static var root: String {
        if let root = ProcessInfo.processInfo.environment["COLLAPSELAB_ROOT"], !root.isEmpty {
            return root
        }
        let executable = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
            .resolvingSymlinksInPath().deletingLastPathComponent()
        let here = FileManager.default.currentDirectoryPath
        for start in [URL(fileURLWithPath: here), executable] {
            var folder = start
            while folder.path != "/" {
                let hasBoth = ["corpora", "models"].allSatisfy {
                    FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
                }
                if hasBoth { return folder.path }
                folder.deleteLastPathComponent()
            }
        }
        return here
    }

    /// The presets of tagged groups: files `FOLDER/NAME.yaml` of the root.
    static var presets: PresetLibrary {
        let root = root
        return PresetLibrary(
            names: { folder in
                let files =
                    (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)"))
                    ?? []
                return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
                    .sorted()
            },
            file: { folder, name throws(SpecificationError) in
                let path = "\(root)/\(folder)/\(name).yaml"
                guard FileSystem.exists(path) else { return nil }
                return PresetLibrary.File(path: path, text: try ExperimentFile.text(of: path))
            })
    }

    /// Reads an experiment: a file, or the name of a bundled recipe.
    static func experiment(
        _ argument: String, overrides: [String]
    ) throws -> ResolvedExperiment {
        let settings = SettingRegistry.declarations
        guard !FileManager.default.fileExists(atPath: argument) else {
            return try ExperimentFile.load(
                path: argument, overrides: overrides, settings: settings, presets: presets)
        }
        if let recipe = RecipeLibrary.recipe(named: argument) {
            return try ExperimentFile.load(
                text: recipe.text, path: "\(recipe.name).yaml (recipe)", overrides: overrides,
                settings: settings, presets: presets)
        }
        if !argument.contains("/"), !argument.contains(".") {
            let recipes = RecipeLibrary.all().map(\.name)
            let advice =
                NearestWord.find(argument, in: recipes).map { "Is it `\($0)`? " } ?? ""
            throw WrongInput(
                "there is neither a file nor a recipe \(argument). \(advice)`collapselab recipes` lists the "
                    + "recipes, `collapselab new SETTING` begins a file.")
        }
        return try ExperimentFile.load(
            path: argument, overrides: overrides, settings: settings, presets: presets)
    }

    /// Reads an experiment, or makes one of a setting's defaults.
    static func experimentOrSetting(
        _ argument: String, overrides: [String]
    ) throws -> ResolvedExperiment {
        guard !FileManager.default.fileExists(atPath: argument),
            RecipeLibrary.recipe(named: argument) == nil,
            let setting = SettingRegistry.declarations.first(where: { $0.name == argument })
        else { return try experiment(argument, overrides: overrides) }
        return try ExperimentFile.load(
            text: ExperimentTemplate.text(for: setting), path: "\(argument) (setting)",
            overrides: ["\(ExperimentKeys.controls.name)=false"] + overrides,
            settings: SettingRegistry.declarations, presets: presets)
    }

    /// An execution on this machine whose events go to `reporter`.
    static func execution(
        workers: Int, reporter: RunReporter, consent: CommandConsent = .none
    ) -> Execution {
        let clock = ContinuousClock()
        let start = clock.now
        let stopwatch: @Sendable () -> Double = {
            let elapsed = clock.now - start
            return Double(elapsed.components.seconds)
                + Double(elapsed.components.attoseconds) * 1e-18
        }
        return Execution(
            workers: workers, root: root, fingerprint: ComputeEnvironment.fingerprint,
            version: CollapseLab.version, clock: { Date().ISO8601Format() }, stopwatch: stopwatch,
            consent: consent, observer: { reporter.handle($0, at: stopwatch()) })
    }
}

/// Writes a line of a command's result to standard output.
func printLine(_ text: String) throws(FileError) {
    try StandardOutput.write(TerminalText.escaped(text) + "\n")
}

/// Tells the user something on standard error.
func note(_ message: String) {
    StandardError.write(TerminalText.escaped(message) + "\n")
}

/// Tells the user something that is not as it should be but does not stop the command.
func warn(_ message: String) { note("Warning: \(message)") }

/// Something the user asked for that cannot be had as asked.
struct WrongInput: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// Runs a command's work, turning errors into a message and an exit code.
func reportingErrors(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let error as ExitCode {
        throw error
    } catch let error as FileError where error.path == StandardOutput.name && error.code == EPIPE {
        // Whoever read the output has enough of it; what a shell shows of a process that SIGPIPE
        // ends.
        throw ExitCode(128 + SIGPIPE)
    } catch {
        // Another thread may be taking the files away that this one was writing.
        Termination.standAside()
        note("Error: \(error)")
        throw ExitCode(isWrongInput(error) ? 2 : 1)
    }
}

private func isWrongInput(_ error: any Error) -> Bool {
    switch error {
    case is WrongInput, is NotText, is ThresholdRefusal, is SpecificationError, is RunRefusal,
        is CommandRefusal, is AddressError, is CrossRefusal, is TokenizerFileError,
        is TokenFileError, is NGramError, is WorkRefusal:
        true
    case let error as CorpusError: error.isWrongInput
    case let error as TransformerError: error.isWrongInput
    case let error as SlurmError: error.isWrongInput
    case let error as FileError: error.isWrongPath
    default: false
    }
}
