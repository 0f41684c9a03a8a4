import ArgumentParser
import Lab

/// An experiment as commands name it.
struct ExperimentArguments: ParsableArguments {
    @Argument(help: "A YAML file, or the name of a recipe.")
    var experiment: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Override a value of the file; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    /// Where its run lies unless another place is named: `runs/` and the file's name, or that of its
    /// folder for the `experiment.yaml` of a run.
    var defaultDirectory: String {
        let parts = experiment.split(separator: "/").map(String.init)
        var name = parts.last ?? ""
        if name == "experiment.yaml", parts.count > 1,
            !["..", "."].contains(parts[parts.count - 2])
        {
            name = parts[parts.count - 2]
        }
        for ending in [".yaml", ".yml"] where name.hasSuffix(ending) && name.count > ending.count {
            name.removeLast(ending.count)
        }
        return "runs/" + name
    }

    func resolved() throws -> ResolvedExperiment {
        try Workplace.experiment(experiment, overrides: overrides)
    }
}
