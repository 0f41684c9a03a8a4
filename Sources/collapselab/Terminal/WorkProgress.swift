import Foundation
import Support

/// How far a command is with a large input, on standard error, where that is a terminal.
struct WorkProgress {
    private let action: String
    private let total: Int?
    private let isShown = StandardError.isTerminal && TerminalSize.drawableWidth != nil
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var lastShown: ContinuousClock.Instant

    /// - Parameters:
    ///   - action: Such as `encoding`.
    ///   - total: Bytes to come, where that is known.
    init(_ action: String, total: Int?) {
        self.action = action
        self.total = total
        start = clock.now
        lastShown = start
    }

    /// Shows that `bytes` have been worked through, a few times a second.
    mutating func show(_ bytes: Int) {
        guard isShown, clock.now - lastShown > .milliseconds(200) else { return }
        lastShown = clock.now
        let seconds = (lastShown - start) / .seconds(1)
        let rate = Double(bytes) / seconds / 1e6
        let done = total.map { "\(bytes * 100 / max($0, 1)) %" } ?? "\(bytes / 1_000_000) MB"
        draw("\(action) \(done), \(TerminalNumber.significant(rate)) MB/s")
    }

    /// Shows what the command does now.
    mutating func say(_ stage: String) {
        if isShown { draw(stage) }
    }

    /// Removes the line.
    func end() {
        if isShown { draw("") }
    }

    /// Overwrites the line.
    private func draw(_ line: String) {
        StandardError.write("\r\(line.prefix(TerminalSize.drawableWidth ?? 0))\u{1B}[K")
    }
}

/// Hands on a text file, or standard input for `-`, block by block, and shows how far it is.
func forEachBlock(
    of file: String, _ action: String, _ body: (_ block: [UInt8]) throws -> Void
) throws {
    let reader = try BlockReader.text(file)
    var progress = WorkProgress(action, total: FileSystem.size(of: file))
    defer { progress.end() }
    var done = 0
    while true {
        let block = try reader.next(1 << 22)
        if block.isEmpty { return }
        try body(block)
        done += block.count
        progress.show(done)
    }
}
