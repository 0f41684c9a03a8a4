import CProcess
import Glibc

/// A program that runs between limits, reads what it is given and is read while it writes.
///
/// Guaranteed, before its first instruction: it leads a process group of its own, has no other
/// descriptors than three pipes, no signal blocked or ignored, no rights from set-user-ID programs,
/// no cores, the given limits of memory and of the size of files for each of its processes, and the
/// given environment and nothing else. However it ends, and when this process is told to end, its whole
/// group is killed; where this process is killed outright, the program is killed, and what it started
/// is not. It is kept from nothing else: it runs as this user, and what leaves its group by `setsid`
/// stays.
package struct LimitedProgram: Sendable {
    /// The file that is executed.
    package var path: String
    /// Its arguments, from the name that it is called by on.
    package var arguments: [String]
    /// `NAME=VALUE`, the whole environment.
    package var environment: [String]
    /// The working folder.
    package var folder: String
    /// How long it may take, in seconds.
    package var seconds: Double
    /// The most address space of each process, in bytes.
    package var memory: Int
    /// The most bytes that it may print on both streams, and of each file that it writes.
    package var output: Int

    package init(
        path: String, arguments: [String], environment: [String], folder: String,
        seconds: Double, memory: Int, output: Int
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.seconds = seconds
        self.memory = memory
        self.output = output
    }

    /// How a program came to its end.
    package enum End {
        /// By itself, with this status.
        case exited(Int32)
        /// By a signal of this number.
        case signalled(Int32)
        /// It was killed when its time was over.
        case tookTooLong
        /// It was killed because it printed more than it may.
        case printedTooMuch
        /// It was killed because of what the caller threw.
        case abandoned(any Error)
    }

    private static let mostTries = 1_000

    /// What became of a program.
    package struct Outcome {
        /// How it ended.
        package var end: End
        /// The last bytes of what it wrote on standard error.
        package var lastWords: [UInt8]
    }

    /// Starts the program and stays until it has ended.
    ///
    /// A program that closes its input is given no more of it, which is no error here.
    ///
    /// - Parameters:
    ///   - input: Gives the next bytes of its standard input, none at the end; asked when it has read
    ///     what came before.
    ///   - output: Takes what it prints on standard output, in pieces.
    /// - Returns: How it ended, with the end of its standard error.
    /// - Throws: ``FileError`` where it cannot be started.
    package func run(
        input: () throws -> [UInt8], output: (UnsafeRawBufferPointer) throws -> Void
    ) throws(FileError) -> Outcome {
        var streams = try ProgramStreams(limit: self.output)
        let process = try start(streams)
        streams.closeTheirs()
        let slot = ProcessGroups.note(process)
        let end = streams.exchange(
            with: process, until: ProgramStreams.now() + seconds, input, output)
        // While the leader has not been waited for, nobody else can have the group's number.
        kill(-process, SIGKILL)
        if let slot { ProcessGroups.forget(slot) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw FileError("wait for", path) }
        }
        return Outcome(end: end ?? Self.end(of: status), lastWords: streams.lastWords)
    }

    private static func end(of status: Int32) -> End {
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }

    private func start(_ streams: borrowing ProgramStreams) throws(FileError) -> pid_t {
        var arguments: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var process: pid_t = 0
        let code = path.withCString { path in
            folder.withCString { folder in
                arguments.withUnsafeMutableBufferPointer { arguments in
                    environment.withUnsafeMutableBufferPointer { environment in
                        var program = cp_program(
                            path: path, arguments: arguments.baseAddress,
                            environment: environment.baseAddress, folder: folder,
                            input: streams.theirs.input, output: streams.theirs.output,
                            error: streams.theirs.error, memory: UInt64(memory),
                            file_size: UInt64(output))
                        var code = cp_start(&program, &process)
                        // A program that another thread starts at this moment may still hold open a
                        // file that was written here, which cannot be executed as long as it does.
                        for _ in 0..<Self.mostTries where code == ETXTBSY {
                            _ = poll(nil, 0, 1)
                            code = cp_start(&program, &process)
                        }
                        return code
                    }
                }
            }
        }
        guard code == 0 else { throw FileError("start", path, code: code) }
        return process
    }
}
