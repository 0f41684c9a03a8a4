import Glibc
import Synchronization

/// The thread that renews the claims of this process: it touches their files, by the clock of the
/// file system.
final class Heartbeat: Sendable {
    static let shared = Heartbeat()

    private struct Beat {
        var file: Int32
        var interval: Double
        var next: Double
    }

    private struct State {
        var beats: [Int: Beat] = [:]
        var count = 0
        /// Wakes the thread; nil until there is one.
        var wake: Int32?
    }

    private let state = Mutex(State())

    /// Touches an open file every `interval` seconds from now on.
    ///
    /// - Returns: What ``remove(_:)`` takes, to be called before the file is closed.
    func add(_ file: Int32, every interval: Double) -> Int {
        state.withLock { state in
            state.count += 1
            state.beats[state.count] = Beat(
                file: file, interval: interval, next: Self.now + interval)
            if state.wake == nil { state.wake = start() }
            if let wake = state.wake {
                var byte: UInt8 = 0
                _ = write(wake, &byte, 1)
            }
            return state.count
        }
    }

    func remove(_ beat: Int) {
        state.withLock { _ = $0.beats.removeValue(forKey: beat) }
    }

    /// Starts the thread.
    ///
    /// - Returns: The end of a pipe that wakes it; nil where the system gives neither, so that claims
    ///   end while their holder works, which costs work done twice and nothing else.
    private func start() -> Int32? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let reader = ends[0]
        let box = Unmanaged.passRetained(Start(heartbeat: self, reader: reader))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.heartbeat.run(start.reader)
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            ends.forEach { close($0) }
            return nil
        }
        pthread_detach(thread)
        return ends[1]
    }

    private final class Start {
        let heartbeat: Heartbeat
        let reader: Int32

        init(heartbeat: Heartbeat, reader: Int32) {
            self.heartbeat = heartbeat
            self.reader = reader
        }
    }

    private func run(_ reader: Int32) {
        while true {
            let next = state.withLock { state in
                let now = Self.now
                for (number, beat) in state.beats where beat.next <= now {
                    // One that cannot be renewed is found lost by whoever holds it.
                    _ = futimens(beat.file, nil)
                    state.beats[number]?.next = now + beat.interval
                }
                return state.beats.values.map(\.next).min()
            }
            var waiting = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            let left = next.map { max(0, ($0 - Self.now) * 1_000).rounded(.up) }
            _ = poll(&waiting, 1, left.map { Int32(min($0, 1e9)) } ?? -1)
            var bytes = [UInt8](repeating: 0, count: 64)
            while read(reader, &bytes, bytes.count) == bytes.count {}
        }
    }

    /// Seconds of a clock that nobody sets.
    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
