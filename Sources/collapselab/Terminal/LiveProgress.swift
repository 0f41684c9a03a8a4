import Collapse
import Lab

/// The picture a terminal shows while an experiment runs: a bar for each arm with its rate and the
/// time left, and the table of the headline metric so far.
struct LiveProgress {
    private struct ArmState {
        var recorded = 0
        /// Generations computed now (not found on disk) and the seconds they took.
        var computed = 0
        var seconds = 0.0
        /// Sums over seeds for the table.
        var sums: [Int: (total: Double, count: Int)] = [:]
        /// What is under way, by seed.
        var current: [UInt64: Activity] = [:]
    }

    private struct Activity {
        var progress: LoopProgress
        var since: Double
    }

    private let outline: RunOutline
    private var arms: [String: ArmState]
    private static let barWidth = 24
    private static let columns = 8

    init(_ outline: RunOutline) {
        self.outline = outline
        arms = [:]
        for arm in outline.arms { arms[arm] = ArmState() }
    }

    mutating func note(_ progress: LoopProgress, at now: Double) {
        let known = arms[progress.arm]?.current[progress.seed]
        let continues =
            known.map {
                $0.progress.stage == progress.stage && $0.progress.generation == progress.generation
                    && progress.done > 0
            } ?? false
        let since = continues ? known?.since ?? now : now
        arms[progress.arm]?.current[progress.seed] = Activity(progress: progress, since: since)
    }

    mutating func note(_ recorded: [RecordedGeneration], seconds: Double?) {
        for generation in recorded {
            arms[generation.arm]?.current[generation.seed] = nil
            // A base model is no generation, and takes no fit.
            guard generation.generation >= 0 else { continue }
            arms[generation.arm]?.recorded += 1
            let sums = arms[generation.arm]?.sums[generation.generation] ?? (0, 0)
            arms[generation.arm]?.sums[generation.generation] = (
                sums.total + generation.headline, sums.count + 1
            )
        }
        if let seconds, let arm = recorded.first?.arm, recorded.allSatisfy({ $0.generation >= 0 }) {
            arms[arm]?.computed += recorded.count
            arms[arm]?.seconds += seconds
        }
    }

    /// The lines of the picture, none longer than `width`.
    func lines(at now: Double, width: Int) -> [String] {
        let nameWidth = min(28, outline.arms.map(\.count).max() ?? 0)
        let total = outline.seeds.count * (outline.generations + 1)
        let bars = outline.arms.map { arm -> String in
            let state = arms[arm] ?? ArmState()
            let filled = LiveProgress.barWidth * state.recorded / max(1, total)
            let bar =
                String(repeating: "█", count: filled)
                + String(repeating: "░", count: LiveProgress.barWidth - filled)
            return "\(padded(arm, nameWidth)) \(bar) \(state.recorded)/\(total)"
                + timeLeft(state, total: total) + activity(state, now: now)
        }
        return (bars + [""] + table(nameWidth)).map { String($0.prefix(width)) }
    }

    private func timeLeft(_ state: ArmState, total: Int) -> String {
        guard state.recorded < total else { return "  done" }
        guard state.computed > 0 else { return "" }
        let each = state.seconds / Double(state.computed)
        let parallel = Double(min(outline.workers, outline.arms.count * outline.seeds.count))
        let left = each * Double(total - state.recorded) / parallel
        return "  about \(TerminalNumber.seconds(left)) of work left"
    }

    private func activity(_ state: ArmState, now: Double) -> String {
        guard let seed = state.current.keys.min(), let activity = state.current[seed] else {
            return ""
        }
        let progress = activity.progress
        let what = progress.generation < 0 ? "base model" : "generation \(progress.generation)"
        var text = "  seed \(seed) \(what) \(progress.stage.rawValue)"
        if progress.total > 0 {
            text += " \(100 * progress.done / progress.total) %"
            let elapsed = now - activity.since
            if elapsed > 0.2 {
                text += " \(TerminalNumber.rate(Double(progress.done) / elapsed)) "
                text += "\(outline.setting.sizeUnit)/s"
            }
        }
        return text
    }

    /// Means over seeds of the headline metric by generation.
    private func table(_ nameWidth: Int) -> [String] {
        let metric = outline.setting.metric(outline.setting.headline)
        let step = max(1, (outline.generations + LiveProgress.columns) / LiveProgress.columns)
        let shown = Array(stride(from: 0, through: outline.generations, by: step))
        let heading = metric.title + (metric.unit.isEmpty ? "" : " (\(metric.unit))")
        let header =
            padded("generation", nameWidth) + shown.map { padded("\($0)", 9, left: true) }.joined()
        let rows = outline.arms.map { arm in
            padded(arm, nameWidth)
                + shown.map { generation in
                    guard let sums = arms[arm]?.sums[generation] else {
                        return padded("", 9, left: true)
                    }
                    let mean = sums.total / Double(sums.count)
                    return padded(TerminalNumber.significant(mean), 9, left: true)
                }.joined()
        }
        return [heading, header] + rows
    }

    private func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
        let shown = String(text.prefix(width))
        let padding = String(repeating: " ", count: width - shown.count)
        return left ? padding + shown : shown + padding
    }
}
