import Collapse
import Lab

/// The picture a terminal shows while an experiment runs: what is left of the whole, a bar for each
/// arm with what it does now, and the table of the headline metric so far.
struct LiveProgress {
    private struct ArmState {
        var recorded = 0
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
    /// What an arm does now has so many columns beside its bar.
    private static let activityWidth = 46
    private static let valueWidth = 9

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

    mutating func note(_ recorded: [RecordedGeneration]) {
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
    }

    /// The lines of the picture, none longer than `width`, and no more than `height`: `total`, which says
    /// what is left of the whole, and then arm by arm.
    func lines(_ total: String, at now: Double, width: Int, height: Int) -> [String] {
        let shown = shownArms(places: max(1, (height - 5) / 2))
        let nameWidth = min(28, max(10, shown.map(\.count).max() ?? 0), width / 3)
        let count = outline.seeds.count * (outline.generations + 1)
        let countWidth = 2 * "\(count)".count + 1
        let barWidth = min(24, width - nameWidth - countWidth - Self.activityWidth - 2)
        let bars = shown.map { arm -> String in
            let state = arms[arm] ?? ArmState()
            let filled = max(0, barWidth) * state.recorded / max(1, count)
            let bar =
                barWidth < 4
                ? ""
                : String(repeating: "█", count: filled)
                    + String(repeating: "░", count: barWidth - filled) + " "
            return "\(padded(arm, nameWidth)) \(bar)"
                + padded("\(state.recorded)/\(count)", countWidth, left: true)
                + (state.recorded < count ? activity(state, now: now) : "  done")
        }
        let rest = outline.arms.count - shown.count
        let more = rest > 0 ? ["and \(counted(rest, "more arm"))"] : []
        return ([total] + bars + more + table(shown, nameWidth, width: width))
            .prefix(height).map { String($0.prefix(width)) }
    }

    /// The arms that there is room for: those that are worked on before others.
    private func shownArms(places: Int) -> [String] {
        guard outline.arms.count > places else { return outline.arms }
        let busy = outline.arms.filter { arms[$0]?.current.isEmpty == false }
        let others = outline.arms.filter { arms[$0]?.current.isEmpty != false }
        let chosen = Set((busy + others).prefix(places))
        return outline.arms.filter(chosen.contains)
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
    private func table(_ shown: [String], _ nameWidth: Int, width: Int) -> [String] {
        let metric = outline.setting.metric(outline.setting.headline)
        let columns = min(8, max(1, (width - nameWidth) / Self.valueWidth))
        let step = max(1, (outline.generations + columns) / columns)
        // The last generation that is shown is the run's last.
        let generations = stride(from: outline.generations, through: 0, by: -step).reversed()
        let heading = metric.title + (metric.unit.isEmpty ? "" : " (\(metric.unit))")
        let header =
            padded("generation", nameWidth)
            + generations.map { padded("\($0)", Self.valueWidth, left: true) }.joined()
        let rows = shown.map { arm in
            padded(arm, nameWidth)
                + generations.map { generation in
                    guard let sums = arms[arm]?.sums[generation] else {
                        return padded("", Self.valueWidth, left: true)
                    }
                    let mean = sums.total / Double(sums.count)
                    return padded(
                        TerminalNumber.significant(mean), Self.valueWidth, left: true)
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
