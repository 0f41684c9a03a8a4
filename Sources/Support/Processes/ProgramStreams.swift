import CProcess
import Glibc

/// The pipes between this process and a program, written and read in turns, so that neither waits
/// for the other for ever and memory does not grow with what passes.
struct ProgramStreams: ~Copyable {
    /// One number for each standard stream, -1 for one that is closed.
    struct Ends {
        var input: Int32 = -1
        var output: Int32 = -1
        var error: Int32 = -1
    }

    /// The program's ends.
    private(set) var theirs = Ends()
    private var ours = Ends()
    /// The last bytes that the program wrote on standard error.
    private(set) var lastWords: [UInt8] = []
    /// How many bytes it may still print.
    private var left: Int
    /// What it is to read next, and how much of that it has.
    private var pending: [UInt8] = []
    private var written = 0

    private static let keptWords = 4_096
    private static let blockSize = 1 << 16
    /// How long a program that has ended may go unnoticed while another holds its streams, in ms.
    private static let patience: Int32 = 50

    /// Opens the pipes; `limit` is how many bytes a program may print on both streams.
    init(limit: Int) throws(FileError) {
        left = limit
        (theirs.input, ours.input) = try Self.pipe()
        (ours.output, theirs.output) = try Self.pipe()
        (ours.error, theirs.error) = try Self.pipe()
        for end in [ours.input, ours.output, ours.error] {
            guard fcntl(end, F_SETFL, O_NONBLOCK) == 0 else { throw FileError("open", "a pipe") }
        }
    }

    deinit {
        for end in [ours.input, ours.output, ours.error, theirs.input, theirs.output, theirs.error]
        where end >= 0 { Glibc.close(end) }
    }

    private static func pipe() throws(FileError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        let code = cp_pipe(&ends)
        guard code == 0 else { throw FileError("open", "a pipe", code: code) }
        return (ends[0], ends[1])
    }

    /// Closes the program's ends here; it has its own.
    mutating func closeTheirs() {
        Self.close(&theirs.input)
        Self.close(&theirs.output)
        Self.close(&theirs.error)
    }

    private static func close(_ end: inout Int32) {
        if end >= 0 { Glibc.close(end) }
        end = -1
    }

    /// Seconds since some fixed moment.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    // MARK: Exchange

    /// Writes and reads until the program has ended and all that it printed has been taken.
    ///
    /// - Returns: Why it has to be killed; nil where it has ended by itself.
    mutating func exchange(
        with process: pid_t, until deadline: Double, _ input: () throws -> [UInt8],
        _ output: (UnsafeRawBufferPointer) throws -> Void
    ) -> LimitedProgram.End? {
        // Writing where nobody reads is an error of the write, whatever the process does with the
        // signal.
        var broken = sigset_t()
        sigemptyset(&broken)
        sigaddset(&broken, SIGPIPE)
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &broken, &before)
        defer {
            if sigismember(&before, SIGPIPE) == 0 {
                var none = timespec()
                while sigtimedwait(&broken, nil, &none) > 0 {}
                pthread_sigmask(SIG_SETMASK, &before, nil)
            }
        }
        do {
            while true {
                let rest = deadline - Self.now()
                if rest <= 0 { return .tookTooLong }
                let patience = min(rest * 1_000 + 1, Double(Self.patience))
                wait(upTo: Int32(patience))
                // First, so that what was printed before the end is all there.
                let hasEnded = Self.hasEnded(process)
                guard try read(output), try readWords() else { return .printedTooMuch }
                if hasEnded { return try drain(output) ? nil : .printedTooMuch }
                try write(input)
            }
        } catch {
            return .abandoned(error)
        }
    }

    /// Waits until something can be read or written.
    private func wait(upTo milliseconds: Int32) {
        var polled = [
            pollfd(fd: ours.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ours.error, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ours.input, events: Int16(POLLOUT), revents: 0),
        ]
        // A program that has closed its output is about to end.
        let isSilent = ours.output < 0 && ours.error < 0
        _ = poll(&polled, nfds_t(polled.count), isSilent ? min(milliseconds, 2) : milliseconds)
    }

    private static func hasEnded(_ process: pid_t) -> Bool {
        var information = siginfo_t()
        let code = waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT)
        // A process that is nobody's child any more cannot be waited for longer.
        return code != 0 ? errno == ECHILD : information.si_signo == SIGCHLD
    }

    /// Takes the rest of what an ended program printed, whoever else still holds its streams.
    private mutating func drain(
        _ output: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        var before: Int
        repeat {
            before = left
            guard try read(output), try readWords() else { return false }
        } while left < before
        return true
    }

    /// Reads a block of standard output, if there is one.
    ///
    /// - Returns: False where the program has printed too much.
    private mutating func read(
        _ output: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        try Self.block(of: &ours.output) { block in
            left -= block.count
            if left >= 0 { try output(block) }
        }
        return left >= 0
    }

    private mutating func readWords() throws -> Bool {
        try Self.block(of: &ours.error) { block in
            left -= block.count
            lastWords = (lastWords + block).suffix(Self.keptWords)
        }
        return left >= 0
    }

    /// Reads what is there, at most a block; closes the end where nothing will ever be.
    private static func block(
        of end: inout Int32, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard end >= 0 else { return }
        try withUnsafeTemporaryAllocation(byteCount: blockSize, alignment: 16) { memory in
            let count = FileSystem.restarting { Glibc.read(end, memory.baseAddress, memory.count) }
            if count > 0 {
                try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<count]))
            } else if count == 0 || errno != EAGAIN {
                close(&end)
            }
        }
    }

    /// Writes what the program is ready to read.
    private mutating func write(_ input: () throws -> [UInt8]) throws {
        guard ours.input >= 0 else { return }
        if written == pending.count {
            var polled = pollfd(fd: ours.input, events: Int16(POLLOUT), revents: 0)
            guard poll(&polled, 1, 0) > 0 else { return }
            pending = try input()
            written = 0
            if pending.isEmpty { return Self.close(&ours.input) }
        }
        let count = pending.withUnsafeBytes { bytes in
            FileSystem.restarting {
                Glibc.write(
                    ours.input, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
        }
        if count >= 0 {
            written += count
        } else if errno != EAGAIN {
            // It reads no more.
            Self.close(&ours.input)
            pending = []
        }
    }
}
