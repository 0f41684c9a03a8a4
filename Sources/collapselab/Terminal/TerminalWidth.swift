import Glibc

/// How wide the terminal of standard error is.
enum TerminalWidth {
    /// Below this nothing is drawn that overwrites itself: it would not fit in a line.
    private static let least = 21

    /// The columns that may be written to, at most; nil where the terminal is too narrow to draw
    /// on. What does not say its width has 80.
    static var drawable: Int? {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return 80
        }
        // A character in the last column makes some terminals begin a new line.
        return size.ws_col < least ? nil : Int(size.ws_col) - 1
    }
}
