import ArgumentParser
import Glibc
import Support

/// The command line: each command reads its arguments and calls a library target.
@main
struct CollapseLab: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "collapselab",
        abstract:
            "A laboratory for model collapse: train on mixtures of real and self-generated data, "
            + "generation after generation.",
        discussion: """
            Start with a bundled experiment:
              collapselab recipes
              collapselab run demo-ngram --output runs/demo-ngram

            Or with your own text:
              collapselab corpus import my-text.txt --name mine
              collapselab new language > mine.yaml
              collapselab run mine.yaml --set corpus=mine --output runs/mine

            Exit codes: 0 done, 1 failed, 2 wrong input, 64 wrong arguments, 130 interrupted (run the same \
            command again to go on).
            """,
        version: version,
        subcommands: [
            Run.self, Plan.self, Prepare.self, Worker.self, Collect.self, Status.self, Cancel.self,
            Theory.self, Validate.self, Report.self, VerdictCommand.self,
            ThresholdCommand.self,
            ForecastCommand.self, Cross.self,
            Verify.self, ListCommand.self, Show.self, Compare.self, Export.self,
            Explain.self,
            Recipes.self, New.self,
            Schema.self, ScheduleCommand.self, CorpusCommand.self, TokenizerCommand.self,
            NGramCommand.self, Train.self, Sample.self, Perplexity.self, ModelCommand.self,
        ])

    static func main() {
        StandardStreams.prepare()
        Termination.end()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Glibc.exit(report(error))
        }
    }

    /// Says what there is to say of the end of a command: the help that was asked for, or what is
    /// wrong.
    ///
    /// - Returns: The exit code.
    private static func report(_ error: any Error) -> Int32 {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if message.isEmpty { return code.rawValue }
        guard code.isSuccess else {
            note(message)
            return code.rawValue
        }
        do {
            try reportingErrors { try printLine(message) }
            return code.rawValue
        } catch {
            return exitCode(for: error).rawValue
        }
    }
}
