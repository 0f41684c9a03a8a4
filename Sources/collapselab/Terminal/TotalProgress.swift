import Foundation
import Lab

/// How far a run is as a whole: what is done of all, the time that it took, and the time that is left.
struct TotalProgress {
    private var timeLeft: TimeLeft?
    private var done: Int
    private let planned: Int
    private let start: Double

    init(_ outline: RunOutline, at now: Double) {
        timeLeft = outline.timeLeft
        done = outline.recorded
        planned = outline.planned
        start = now
    }

    mutating func note(arm: String, seed: UInt64, at now: Double) {
        timeLeft?.noteWork(arm: arm, seed: seed, at: now)
    }

    /// Notes what was computed and recorded.
    mutating func note(_ recorded: [RecordedGeneration], seconds: Double, at now: Double) {
        done = min(planned, done + 1)
        guard let first = recorded.first else { return }
        timeLeft?.note(arm: first.arm, seed: first.seed, seconds: seconds, at: now)
    }

    /// Such as `12 of 60 done  40 s so far  about 3 min 20 s left, until 14:32`.
    func line(at now: Double) -> String {
        var text =
            "\(done) of \(planned) done  \(TimeSpan(seconds: Int(now - start))) so far"
        if let seconds = timeLeft?.seconds(at: now), done < planned {
            text +=
                "  about \(TimeSpan(seconds: max(1, Int(seconds.rounded())))) left, until "
                + Self.time(after: seconds)
        }
        return text
    }

    /// Such as `  3 min 20 s left`; empty where nothing can be said.
    func remark(at now: Double) -> String {
        // Less is over before it is read.
        guard let seconds = timeLeft?.seconds(at: now), done < planned, seconds >= 5 else {
            return ""
        }
        return "  \(TimeSpan(seconds: Int(seconds.rounded()))) left"
    }

    /// The time of the day, or the day and the time where it is another.
    private static func time(after seconds: Double) -> String {
        let (now, end) = (Date(), Date(timeIntervalSinceNow: seconds))
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_GB_POSIX")
        formatter.dateFormat =
            Calendar.current.isDate(now, inSameDayAs: end) ? "HH:mm" : "d MMM HH:mm"
        return formatter.string(from: end)
    }
}
