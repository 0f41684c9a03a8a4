import Glibc
import Synchronization

/// The signals that ask a process to end: interrupt (Ctrl-C), terminate and hang up.
///
/// One that the process was started to ignore stays ignored, so that `nohup` does what it promises.
package enum Termination {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    /// The number of the first signal that was noted, or 0.
    private static let noted = Atomic<Int32>(0)
    /// Whether the process is being ended.
    private static let isLeaving = Atomic<Bool>(false)
    /// Whether a warning was noted.
    private static let isWarned = Atomic<Bool>(false)
    /// The end of a pipe that wakes the watcher.
    private static let waker = Atomic<Int32>(-1)
    nonisolated(unsafe) private static var farewell: UnsafeMutablePointer<CChar>?

    /// From now on such a signal kills the programs that run, removes what is unfinished, says `message` on standard error and
    /// ends the process with the status that shells give it: 128 and the signal's number.
    package static func end(saying message: String = "") {
        farewell = strdup(message)
        UnfinishedFiles.prepare()
        ProcessGroups.prepare()
        for signal in signals where !isIgnored(signal) {
            Glibc.signal(signal) { Termination.leave(128 + $0) }
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
                    Termination.leave(128 + number)
                }
            }
        }
    }

    /// From now on the first such signal makes a thread of its own run `body`, after which the process
    /// ends as after ``end(saying:)`` with the status that `body` returns; a second one ends it at
    /// once.
    ///
    /// - Parameters:
    ///   - warnings: Further signals, which announce that the process will be ended. The first of them
    ///     starts `body`, too, where nothing did; while that runs, the first signal that ends makes
    ///     ``isWanted`` true, so that `body` can hurry.
    ///   - message: Said on standard error in the end, whatever the signal was.
    ///   - body: Given the signal's number. It may lock and allocate; other threads go on meanwhile.
    package static func watch(
        warnings: [Int32] = [], saying message: String = "",
        _ body: @escaping @Sendable (_ signal: Int32) -> Int32
    ) {
        var ends: [Int32] = [-1, -1]
        // Without a descriptor to spare nobody can be woken.
        guard pipe(&ends) == 0 else { return end(saying: message) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        farewell = strdup(message)
        UnfinishedFiles.prepare()
        ProcessGroups.prepare()
        noted.store(0, ordering: .relaxed)
        isWarned.store(false, ordering: .relaxed)
        waker.store(ends[1], ordering: .sequentiallyConsistent)
        let watcher = Unmanaged.passRetained(Watcher(waking: ends[0], body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Watcher>.fromOpaque(argument).takeRetainedValue().watch()
            }, watcher.toOpaque())
        guard code == 0 else { return end(saying: message) }
        for signal in signals where !isIgnored(signal) {
            Glibc.signal(signal) { number in
                if Termination.noted.exchange(number, ordering: .relaxed) != 0 {
                    Termination.leave(128 + number)
                }
                Termination.wake(number)
            }
        }
        for signal in warnings where !isIgnored(signal) {
            Glibc.signal(signal) { number in
                if !Termination.isWarned.exchange(true, ordering: .relaxed) {
                    Termination.wake(number)
                }
            }
        }
    }

    /// What the thread of ``watch(warnings:saying:_:)`` waits for and does.
    private final class Watcher {
        let waking: Int32
        let body: @Sendable (Int32) -> Int32

        init(waking: Int32, body: @escaping @Sendable (Int32) -> Int32) {
            self.waking = waking
            self.body = body
        }

        func watch() -> Never {
            var number: UInt8 = 0
            while read(waking, &number, 1) != 1 {}
            Termination.leave(body(Int32(number)))
        }
    }

    /// Tells the watcher of a signal; for signal handlers.
    private static func wake(_ signal: Int32) {
        let code = errno
        var number = UInt8(truncatingIfNeeded: signal)
        _ = Glibc.write(waker.load(ordering: .sequentiallyConsistent), &number, 1)
        errno = code
    }

    /// Does not return once the process is being ended: what fails then fails because of that.
    package static func standAside() {
        while isLeaving.load(ordering: .sequentiallyConsistent) { pause() }
    }

    /// Whether a signal that ends came since ``note()`` or ``watch(warnings:saying:_:)``.
    package static var isWanted: Bool { noted.load(ordering: .relaxed) != 0 }

    /// The exit status of a command that ends because of the signal that came since ``note()``.
    package static var status: Int32 { 128 + noted.load(ordering: .relaxed) }

    /// Everything here may be called while a signal is handled.
    private static func leave(_ status: Int32) -> Never {
        isLeaving.store(true, ordering: .sequentiallyConsistent)
        ProcessGroups.killAll()
        UnfinishedFiles.removeAll()
        if let farewell { _ = Glibc.write(STDERR_FILENO, farewell, strlen(farewell)) }
        _exit(status)
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
