import Glibc
import Synchronization

/// The signals that ask a process to end: interrupt (Ctrl-C), terminate and hang up.
///
/// One that the process was started to ignore stays ignored, so that `nohup` does what it promises.
package enum Termination {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    /// The number of the first signal that was noted, or 0.
    private static let noted = Atomic<Int32>(0)
    nonisolated(unsafe) private static var farewell: UnsafeMutablePointer<CChar>?

    /// From now on such a signal kills the programs that run, removes what is unfinished, says `message` on standard error and
    /// ends the process with the status that shells give it: 128 and the signal's number.
    package static func end(saying message: String = "") {
        farewell = strdup(message)
        UnfinishedFiles.prepare()
        ProcessGroups.prepare()
        for signal in signals where !isIgnored(signal) {
            Glibc.signal(signal) { Termination.leave($0) }
        }
    }

    /// From now on the first such signal only makes ``isWanted`` true; a second one ends the
    /// process at once.
    package static func note() {
        UnfinishedFiles.prepare()
        ProcessGroups.prepare()
        noted.store(0, ordering: .relaxed)
        for signal in signals where !isIgnored(signal) {
            Glibc.signal(signal) { number in
                if Termination.noted.exchange(number, ordering: .relaxed) != 0 {
                    Termination.leave(number)
                }
            }
        }
    }

    /// Whether a signal came since ``note()``.
    package static var isWanted: Bool { noted.load(ordering: .relaxed) != 0 }

    /// The exit status of a command that ends because of the signal that came since ``note()``.
    package static var status: Int32 { 128 + noted.load(ordering: .relaxed) }

    /// Everything here may be called while a signal is handled.
    private static func leave(_ signal: Int32) -> Never {
        ProcessGroups.killAll()
        UnfinishedFiles.removeAll()
        if let farewell { _ = Glibc.write(STDERR_FILENO, farewell, strlen(farewell)) }
        _exit(128 + signal)
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
