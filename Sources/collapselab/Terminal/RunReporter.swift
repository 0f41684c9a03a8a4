import Collapse
import Foundation
import Lab
import Support
import Synchronization

/// Tells the user on standard error what a run does: a live picture on a terminal that is wide
/// enough, plain lines elsewhere.
final class RunReporter: Sendable {
    private struct State {
        var plain: PlainProgress?
        var total: TotalProgress?
        var live: LiveProgress?
        /// Lines of the live picture that stand on the terminal now.
        var drawn = 0
        var lastDrawn = -1.0
    }

    private let state = Mutex(State())
    private let isQuiet: Bool
    private let isLive: Bool
    /// Whether standard output gets each event as a line of JSON.
    private let printsJSON: Bool

    init(isQuiet: Bool, printsJSON: Bool = false) {
        self.isQuiet = isQuiet || printsJSON
        self.printsJSON = printsJSON
        isLive =
            !self.isQuiet && StandardError.isTerminal
            && ProcessInfo.processInfo.environment["TERM"] ?? "dumb" != "dumb"
            && TerminalSize.drawableWidth != nil
    }

    /// Handles one event; called from any thread.
    func handle(_ event: RunEvent, at now: Double) {
        state.withLock { state in
            if printsJSON, let entry = event.entry(at: Date().ISO8601Format()) {
                // Nobody reads it any more where it cannot be written; the run goes on.
                try? StandardOutput.write(String(decoding: entry.line, as: UTF8.self))
            }
            switch event {
            case .started(let outline):
                let plain = PlainProgress(outline)
                state.plain = plain
                state.total = TotalProgress(outline, at: now)
                if isLive { state.live = LiveProgress(outline) }
                write(plain.opening, in: &state)
            case .note(let text):
                write(text, in: &state)
            case .progress(let progress):
                state.live?.note(progress, at: now)
                state.total?.note(arm: progress.arm, seed: progress.seed, at: now)
                draw(&state, at: now)
            case .recorded(let recorded, let seconds):
                state.live?.note(recorded)
                if let seconds { state.total?.note(recorded, seconds: seconds, at: now) }
                if state.live == nil, let seconds,
                    let line = state.plain?.line(for: recorded, seconds: seconds)
                {
                    write(line + (state.total?.remark(at: now) ?? ""), in: &state)
                }
                draw(&state, at: now)
            case .failed(let arm, let seed, let message):
                write("arm \(arm)  seed \(seed)  FAILED: \(message)", in: &state, always: true)
            case .finished:
                state.lastDrawn = -1
                draw(&state, at: now)
                state.drawn = 0
                state.live = nil
            }
        }
    }

    private func write(_ line: String, in state: inout State, always: Bool = false) {
        guard !isQuiet || always else { return }
        erase(&state)
        put(TerminalText.escaped(line) + "\n")
    }

    /// Redraws at most ten times a second.
    private func draw(_ state: inout State, at now: Double) {
        guard let live = state.live, let total = state.total, now - state.lastDrawn > 0.1 else {
            return
        }
        guard let width = TerminalSize.drawableWidth else {
            // It has become too narrow.
            state.live = nil
            state.drawn = 0
            return
        }
        state.lastDrawn = now
        erase(&state)
        // The line below the picture is the cursor's.
        let lines = live.lines(
            total.line(at: now), at: now, width: width, height: max(1, TerminalSize.height - 1))
        put(lines.joined(separator: "\n") + "\n")
        state.drawn = lines.count
    }

    private func erase(_ state: inout State) {
        guard state.drawn > 0 else { return }
        put("\u{1B}[\(state.drawn)A\u{1B}[J")
        state.drawn = 0
    }

    private func put(_ text: String) {
        StandardError.write(text)
    }
}
