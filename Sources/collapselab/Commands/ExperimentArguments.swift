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

    func resolved() throws -> ResolvedExperiment {
        try Workplace.experiment(experiment, overrides: overrides)
    }
}
