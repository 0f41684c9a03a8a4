import Collapse
import Support

/// What a user has allowed an experiment to start, for one command of the program and no longer: it
/// is stored nowhere.
package struct CommandConsent: Sendable {
    /// What was given on the command line.
    private let given: String?
    /// The commands of the experiment that was allowed, of which parts may be run.
    private var covered: Set<String> = []

    package static let none = CommandConsent(nil)
    /// The option that gives it.
    package static let option = "--allow-commands"

    package init(_ given: String?) { self.given = given }

    /// Whether anything was given.
    package var isGiven: Bool { given != nil }

    /// Refuses an experiment that starts what was not allowed.
    package func check(_ commands: ExternalCommands) throws(CommandRefusal) {
        if commands.isEmpty || given == commands.hash { return }
        if commands.commands.allSatisfy({ covered.contains($0.call.text) }) { return }
        throw CommandRefusal(
            listing: commands.listing, hash: commands.hash, isOther: given != nil)
    }

    /// The same consent, which holds for experiments with some of the commands, too.
    package func covering(
        _ commands: ExternalCommands
    ) throws(CommandRefusal) -> CommandConsent {
        try check(commands)
        var copy = self
        copy.covered.formUnion(commands.commands.map(\.call.text))
        return copy
    }
}

/// An experiment would start programs that nobody has allowed here.
package struct CommandRefusal: Error, Sendable, CustomStringConvertible {
    /// What would be started.
    var listing: String
    /// What allows it.
    var hash: String
    /// Whether something else was allowed.
    var isOther: Bool

    package var description: String {
        (isOther
            ? "\(CommandConsent.option) names other programs, arguments or limits than this experiment "
                + "starts. It starts\n\n"
            : "this experiment starts programs on this machine, and nothing was run. It starts\n\n")
            + listing
                + """


                A program may do whatever you may, and its limits guard against accidents alone: read it before \
                you allow it. What allows exactly this, and is asked for each time, is

                  \(CommandConsent.option) \(hash)
                """
    }
}
