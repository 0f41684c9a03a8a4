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
        var live: LiveProgress?
        /// Lines of the live picture that stand on the terminal now.
        var drawn = 0
        var lastDrawn = -1.0
    }

    private let state = Mutex(State())
    private let isQuiet: Bool
    private let isLive: Bool

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        isLive =
            !isQuiet && StandardError.isTerminal
            && ProcessInfo.processInfo.environment["TERM"] ?? "dumb" != "dumb"
            && TerminalWidth.drawable != nil
    }

    /// Handles one event; called from any thread.
    func handle(_ event: RunEvent, at now: Double) {
        state.withLock { state in
            switch event {
            case .started(let outline):
                let plain = PlainProgress(outline)
                state.plain = plain
                if isLive { state.live = LiveProgress(outline) }
                write(plain.opening, in: &state)
            case .note(let text):
                write(text, in: &state)
            case .progress(let progress):
                state.live?.note(progress, at: now)
                draw(&state, at: now)
            case .recorded(let recorded, let seconds):
                state.live?.note(recorded, seconds: seconds)
                if state.live == nil, let line = state.plain?.line(for: recorded, seconds: seconds)
                {
                    write(line, in: &state)
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
        guard let live = state.live, now - state.lastDrawn > 0.1 else { return }
        guard let width = TerminalWidth.drawable else {
            // It has become too narrow.
            state.live = nil
            state.drawn = 0
            return
        }
        state.lastDrawn = now
        erase(&state)
        let lines = live.lines(at: now, width: width)
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
