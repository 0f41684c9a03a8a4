import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab validate`
    struct Validate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Check an experiment without running it, and print it with every value filled in.",
            discussion: """
                Checks the real data too, where it is on this machine (nothing is fetched): a pool \
                that would run dry is an error here.
                """)

        @OptionGroup var experiment: ExperimentArguments

        @Flag(help: "Check the file alone: keys, types and schedules, but no corpus.")
        var fileOnly = false

        func run() throws {
            try reportingErrors {
                let resolved = try experiment.resolved()
                if !fileOnly {
                    try check(SettingRegistry.type(named: resolved.setting.name), resolved)
                }
                try StandardOutput.write(resolved.yamlText())
            }
        }

        private func check<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws {
            let execution = Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: false))
            let prepared = try PreparedExperiment<Setting>(
                resolved, execution: execution, mayFetch: false)
            if !prepared.commands.isEmpty { note(prepared.commands.announcement) }
            do {
                try prepared.checkPlans()
                let cautions = try prepared.cautions()
                (cautions.documents + cautions.special).forEach(warn)
            } catch let missing as MissingResource {
                note(
                    "\(missing), so the experiment was checked without its real data: run fetches it."
                )
            }
        }
    }

    /// `collapselab schema`
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of experiment files, for editors.")

        func run() throws {
            try reportingErrors {
                try StandardOutput.write(JSONSchema.text(settings: SettingRegistry.declarations))
            }
        }
    }

    /// `collapselab recipes`
    struct Recipes: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the bundled experiments, or print one.",
            discussion: """
                  collapselab recipes kazdan-gaussian           the experiment file
                  collapselab recipes kazdan-gaussian --page    what agrees with the paper, what does not, and why
                """)

        @Argument(help: "The recipe to print.")
        var name: String?

        @Flag(help: "Print the page that compares the recipe with its paper.")
        var page = false

        func validate() throws {
            guard !page || name != nil else { throw ValidationError("--page needs a recipe.") }
        }

        func run() throws {
            try reportingErrors {
                guard let name else {
                    for recipe in RecipeLibrary.all() {
                        try printLine("\(recipe.name)\n    \(recipe.summary)")
                    }
                    return
                }
                guard let recipe = RecipeLibrary.recipe(named: name) else {
                    let names = RecipeLibrary.all().map(\.name).joined(separator: ", ")
                    throw WrongInput("there is no recipe \(name); choose one of \(names).")
                }
                guard page else {
                    try StandardOutput.write(recipe.text)
                    return
                }
                guard let text = recipe.page else {
                    throw WrongInput("the recipe \(name) reproduces no paper and has no page.")
                }
                try StandardOutput.write(text)
            }
        }
    }

    /// `collapselab schedule`
    struct ScheduleCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schedule",
            abstract: "Print a schedule's value in each generation, as CSV.",
            discussion: """
                SCHEDULE is written as in an experiment file:

                  collapselab schedule '{schedule: power, scale: 1, exponent: 0.5}' --generations 10
                  collapselab schedule '{schedule: linear, from: 1000, to: 5000, horizon: 8}' --whole
                """)

        @Argument(help: "The schedule, in YAML flow form; a bare number is a constant.")
        var schedule: String

        @Option(
            Key("generations", .integer(0...1_000_000), help: "The last generation."),
            name: .shortAndLong)
        var generations: Int = 10

        @Flag(help: "Round to whole numbers, as sample sizes are.")
        var whole = false

        func run() throws {
            try reportingErrors {
                let value = try ExperimentFile.value(
                    schedule, as: Schedule.type(-1e300...1e300), named: "schedule")
                let parsed: Schedule
                do {
                    parsed = try Schedule(value)
                } catch let issue as SpecificationIssue {
                    throw WrongInput(issue.message + ".")
                }
                try printLine("generation,value")
                for t in 0...generations {
                    guard let number = parsed.value(at: t) else {
                        throw WrongInput(
                            "the table ends before generation \(t): give more values or fewer "
                                + "--generations.")
                    }
                    try printLine(
                        "\(t),\(whole ? "\(parsed.wholeNumber(at: t) ?? 0)" : "\(number)")")
                }
            }
        }
    }
}
