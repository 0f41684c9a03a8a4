import Glibc
import Synchronization

/// Ctrl-C, for commands that write a checkpoint before they end.
enum Interruption {
    private static let flag = Atomic(false)

    /// From now on Ctrl-C only sets ``isWanted``; a second one ends the process at once.
    static func watch() {
        signal(SIGINT) { _ in
            if Interruption.flag.exchange(true, ordering: .relaxed) { _exit(130) }
        }
    }

    static var isWanted: Bool { flag.load(ordering: .relaxed) }
}
