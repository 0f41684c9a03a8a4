import Glibc

/// How wide terminals are, and how high.
enum TerminalSize {
    /// Below this nothing is drawn that overwrites itself: it would not fit in a line.
    private static let least = 21

    /// The columns of standard error that may be written to, at most; nil where it is too narrow to
    /// draw on. What does not say its width has 80.
    static var drawableWidth: Int? {
        let columns = columns(of: STDERR_FILENO) ?? 80
        // A character in the last column makes some terminals begin a new line.
        return columns < least ? nil : columns - 1
    }

    /// The columns of standard output; nil where it is no terminal, and lines may be of any length.
    static var outputWidth: Int? { columns(of: STDOUT_FILENO) }

    /// The lines of standard error; what does not say how many has 24.
    static var height: Int {
        guard let size = size(of: STDERR_FILENO), size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }

    private static func columns(of descriptor: Int32) -> Int? {
        guard let size = size(of: descriptor), size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    private static func size(of descriptor: Int32) -> winsize? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
    }
}
