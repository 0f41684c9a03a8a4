import Glibc

/// The three streams that a process is born with.
package enum StandardStreams {
    /// To be called before anything is opened or written.
    ///
    /// A stream that the caller has closed is opened on `/dev/null`: otherwise the next file that
    /// is opened gets its number, and progress would be written into data. Writing where nobody
    /// reads, or beyond the largest file that is allowed, is an error of the write, not the end of
    /// the process; children start with the signals as they were.
    package static func prepare() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // Standard output for reading alone, so that what is lost is noticed; messages may be
            // lost.
            _ = open("/dev/null", number == STDERR_FILENO ? O_WRONLY : O_RDONLY)
        }
        for number in [SIGPIPE, SIGXFSZ] { signal(number) { _ in } }
    }
}

/// Messages and progress. A stream that is full, closed or read by nobody never ends a command.
package enum StandardError {
    /// Whether standard error is a terminal, where progress can overwrite itself.
    package static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes a text as it is, without a line end; failures are ignored.
    package static func write(_ text: String) {
        try? FileSystem.write(Array(text.utf8), to: STDERR_FILENO, path: "standard error")
    }
}

/// Results. What cannot be written is an error.
package enum StandardOutput {
    /// What errors call it.
    package static let name = "standard output"

    /// Whether standard output is a terminal, where a picture can be drawn anew.
    package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes all bytes.
    ///
    /// - Throws: ``FileError`` where they cannot be written.
    package static func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try FileSystem.write(bytes, to: STDOUT_FILENO, path: name)
    }

    /// Writes a text as UTF-8, without a line end.
    ///
    /// - Throws: ``FileError`` where it cannot be written.
    package static func write(_ text: String) throws(FileError) {
        try FileSystem.write(Array(text.utf8), to: STDOUT_FILENO, path: name)
    }
}
