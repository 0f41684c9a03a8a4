import ArgumentParser
import Collapse
import Lab
import Support

/// The argument of the commands that look at a run directory.
struct RecordedRunArguments: ParsableArguments {
    @Argument(
        help: "The run directory.",
        transform: { path in
            guard !path.isEmpty else { throw ValidationError("name a run directory.") }
            let trimmed = path.reversed().drop { $0 == "/" }
            return trimmed.isEmpty ? "/" : String(trimmed.reversed())
        })
    var directory: String

    /// The experiment that the directory's `experiment.yaml` describes.
    func resolved() throws -> ResolvedExperiment {
        guard !FileSystem.isFile(directory) else {
            throw WrongInput(
                "\(directory) is a file: name a run directory, which `collapselab run` and `prepare` make "
                    + "from an experiment file.")
        }
        if let resolved = try ExperimentFile.recorded(
            in: directory, settings: SettingRegistry.declarations)
        {
            return resolved
        }
        guard try ExperimentFile.copyOfSpecification(in: directory) == nil else {
            throw WrongInput(
                "\(directory) has lost its experiment.yaml: `collapselab verify \(ShellWord.quoted(directory)) "
                    + "--repair` puts the run's copy back.")
        }
        throw WrongInput("\(directory) holds no experiment.yaml: name a run directory.")
    }
}
