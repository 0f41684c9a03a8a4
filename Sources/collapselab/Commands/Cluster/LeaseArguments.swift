import ArgumentParser
import Lab
import Support

/// How long a claim holds that nobody renews.
struct LeaseArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            How long after it was last heard of a worker on another machine counts as dead (default: 2m).
            """, valueName: "time"), transform: TimeSpanArgument.read)
    var lease: TimeSpan?

    @Option(
        help: ArgumentHelp(
            "How often a worker is heard of (default: a quarter of the lease).", valueName: "time"),
        transform: TimeSpanArgument.read)
    var heartbeat: TimeSpan?

    /// Whether anything but the usual is asked for.
    var isGiven: Bool { lease != nil || heartbeat != nil }

    var terms: LeaseTerms {
        get throws {
            let expiry = lease.map { Double($0.seconds) } ?? LeaseTerms.usual.expiry
            let beat = heartbeat.map { Double($0.seconds) } ?? expiry / 4
            guard 2 * beat <= expiry else {
                throw WrongInput(
                    "a lease of \(Int(expiry)) s ends too soon for a heartbeat every \(Int(beat)) s: give at least "
                        + "twice as much to --lease")
            }
            return LeaseTerms(heartbeat: beat, expiry: expiry)
        }
    }
}

/// Lengths of time on the command line.
enum TimeSpanArgument {
    static func read(_ text: String) throws -> TimeSpan {
        guard let span = TimeSpan(text) else {
            throw ValidationError(
                "'\(text)' is no length of time: write such as 60s, 10m, 3h50m or 2d.")
        }
        return span
    }
}
