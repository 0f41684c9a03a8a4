import Foundation
import LanguageModels
import Support

/// Tells how a fit goes on, on standard error: one line that changes on a terminal that is wide enough,
/// else a line for every tenth of it.
final class TrainingReporter {
    private let isQuiet: Bool
    private let isLive = StandardError.isTerminal && TerminalSize.drawableWidth != nil
    private let clock = ContinuousClock()
    private var first: (progress: TrainingProgress, time: ContinuousClock.Instant)?
    private var tenths = 0
    private(set) var last: TrainingProgress?

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    /// Tokens trained on since the first report, per second.
    var rate: Double? {
        guard let first, let last, last.tokens > first.progress.tokens else { return nil }
        return Double(last.tokens - first.progress.tokens)
            / ((clock.now - first.time) / .seconds(1))
    }

    func report(_ progress: TrainingProgress) {
        last = progress
        if first == nil { first = (progress, clock.now) }
        guard !isQuiet else { return }
        let tenth = progress.step * 10 / max(progress.steps, 1)
        if isLive {
            write("\r\(line(progress).prefix(TerminalSize.drawableWidth ?? 0))\u{1B}[K")
        } else if tenth > tenths || progress.validationNats != nil {
            tenths = tenth
            write(line(progress) + "\n")
        }
    }

    func end() {
        if !isQuiet, isLive { write("\n") }
    }

    private func line(_ progress: TrainingProgress) -> String {
        var parts = [
            "step \(progress.step)/\(progress.steps)",
            "\(TerminalNumber.significant(progress.meanNats)) nats",
            "rate \(TerminalNumber.significant(progress.learningRate))",
        ]
        if let validation = progress.validationNats {
            parts.append("validation \(TerminalNumber.significant(validation)) nats")
        }
        if let rate { parts.append("\(Int(rate)) tokens/s") }
        return parts.joined(separator: "  ")
    }

    private func write(_ text: String) { StandardError.write(text) }
}
