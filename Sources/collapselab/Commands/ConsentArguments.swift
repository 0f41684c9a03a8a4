import ArgumentParser
import Lab

/// The option that allows an experiment to start programs: for one command, and never stored.
struct ConsentArguments: ParsableArguments {
    @Option(
        name: .customLong("allow-commands"),
        help: ArgumentHelp(
            """
            Allow the programs that the experiment's curation starts, by the SHA-256 over all of them with \
            all their arguments (files by their content, code after -c and the like by its text) and limits, \
            but not over what they import or open; without it the command says what they are and what to give.
            """, valueName: "sha256"))
    var hash: String?

    var consent: CommandConsent { CommandConsent(hash) }
}
