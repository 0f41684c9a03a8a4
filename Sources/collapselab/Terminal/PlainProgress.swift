import Collapse
import Foundation
import Lab

/// One plain line for each event: what a log file or a pipe gets.
struct PlainProgress {
    private let outline: RunOutline

    init(_ outline: RunOutline) {
        self.outline = outline
    }

    var opening: String {
        "\(outline.name): \(counted(outline.arms.count, "arm")), "
            + "\(counted(outline.seeds.count, "seed")), generations 0 to \(outline.generations), "
            + "\(counted(outline.workers, "worker")), in \(outline.directory)"
            + (outline.recorded > 0 ? "; \(outline.recorded) of \(outline.planned) on disk" : "")
    }

    /// The line for a recorded block.
    func line(for recorded: [RecordedGeneration], seconds: Double) -> String? {
        guard let first = recorded.first, let last = recorded.last else { return nil }
        let time = "  \(TerminalNumber.seconds(seconds))"
        guard recorded.count == 1 else {
            return "arm \(first.arm)  seeds \(first.seed) to \(last.seed)  generations "
                + "\(first.generation) to \(last.generation)\(time)"
        }
        let chain = "arm \(first.arm)  seed \(first.seed)  "
        let metric = outline.setting.metric(outline.setting.headline)
        let unit = metric.unit.isEmpty ? "" : " \(metric.unit)"
        let headline = "\(TerminalNumber.significant(first.headline))\(unit)"
        guard first.generation >= 0 else { return chain + "base model  \(headline)\(time)" }
        let place = chain + "generation \(first.generation)/\(outline.generations)  "
        // Only a control that has used up its real data records a generation without any.
        guard !first.size.isNaN else { return place + "no real data is left for it" }
        return place + "\(headline)  real \(TerminalNumber.percent(first.realFraction))\(time)"
    }
}

/// Numbers as a person reads them.
enum TerminalNumber {
    /// Four significant digits.
    static func significant(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        let magnitude = Int(log10(abs(value)).rounded(.down))
        guard (-6...15).contains(magnitude) else { return String(format: "%.3e", value) }
        return fixed(value, digits: max(0, 3 - magnitude))
    }

    /// A fixed number of decimals.
    static func fixed(_ value: Double, digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    static func percent(_ share: Double) -> String {
        share.isFinite ? fixed(share * 100, digits: 1) + " %" : "-"
    }

    static func seconds(_ seconds: Double) -> String {
        guard seconds < 1e9 else { return "-" }
        if seconds < 100 { return fixed(seconds, digits: seconds < 10 ? 2 : 1) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
    }

    /// A time that is estimated, and said no more exactly than that.
    static func duration(_ seconds: Double) -> String {
        guard seconds < 1e9 else { return "more than 30 years" }
        return TimeSpan(seconds: max(1, Int(seconds.rounded()))).description
    }

    /// Such as 340 MB, in units of powers of ten.
    static func bytes(_ count: Double) -> String {
        for (size, unit) in [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
        where count >= size {
            let value = count / size
            return fixed(value, digits: value < 9.95 ? 1 : 0) + " " + unit
        }
        return fixed(count, digits: 0) + " bytes"
    }

    /// A whole number that is said in short, such as 16.5M.
    static func quantity(_ count: Double) -> String {
        guard count >= 1e5 else { return fixed(count, digits: 0) }
        for (size, unit) in [(1e12, "T"), (1e9, "G"), (1e6, "M")] where count >= size {
            return fixed(count / size, digits: 1) + unit
        }
        return fixed(count / 1e3, digits: 0) + "k"
    }

    /// Such as 98.1k.
    static func rate(_ perSecond: Double) -> String {
        if perSecond >= 1e6 { return fixed(perSecond / 1e6, digits: 1) + "M" }
        if perSecond >= 1e3 { return fixed(perSecond / 1e3, digits: 1) + "k" }
        return fixed(perSecond, digits: 0)
    }
}
