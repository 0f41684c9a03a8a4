package import Collapse
import Foundation
import Support
import Synchronization

/// Runs the beginning of an experiment for a moment, in a folder that is thrown away, to tell how long
/// the whole takes on this machine.
package struct RunProbe: Sendable {
    /// What was seen.
    package struct Findings: Encodable, Sendable {
        /// How long was tried, in seconds, and how many records that gave.
        package var tried: Double
        package var recorded: Int
        /// The seconds of the whole run; nil where too little was recorded.
        package var seconds: Double?
        /// Where nothing was recorded: the seconds of all fits, by the share of the first that was
        /// done. What comes after each of them is not in it.
        package var fitSeconds: Double?
        /// The bytes on disk of the whole run; nil where nothing was recorded.
        package var bytes: Double?

        private enum CodingKeys: String, CodingKey {
            case tried, recorded, seconds, bytes
            case fitSeconds = "fit_seconds"
        }
    }

    private struct State {
        var outline: RunOutline?
        var timeLeft: TimeLeft?
        var recorded = 0
        /// When the first fit began, and how much of it is done.
        var fitStart: Double?
        var fitShare = 0.0
        var error: (any Error)?
        var hasEnded = false
    }

    /// How long is tried at the least, and at the most where so long tells nothing, in seconds.
    private static let (least, most) = (2.0, 8.0)

    package init() {}

    /// Tries an experiment, as `execution` says how it will be run, in a folder that is not there yet and
    /// is thrown away.
    ///
    /// The threads of what was begun may go on until the process ends, which is to be soon. Throws what
    /// beginning the run throws.
    package func run<Setting: TaskSetting>(
        _ type: Setting.Type, _ resolved: ResolvedExperiment, _ execution: Execution,
        in folder: String
    ) throws -> Findings {
        let stopwatch = execution.stopwatch
        let start = stopwatch()
        var execution = execution
        let box = Box()
        execution.observer = { event in box.note(event, at: stopwatch()) }
        let running = execution
        Thread {
            do {
                let session = try ExperimentSession<Setting>(
                    resolved, existing: nil, at: folder, sharing: nil, mayExtend: false,
                    execution: running)
                _ = try session.run()
            } catch {
                box.state.withLock { $0.error = error }
            }
            box.state.withLock { $0.hasEnded = true }
        }.start()
        while true {
            usleep(20_000)
            let now = stopwatch() - start
            let (isKnown, hasEnded) = box.state.withLock {
                ($0.timeLeft?.seconds(at: stopwatch()) != nil, $0.hasEnded)
            }
            if hasEnded || now > Self.most || (now > Self.least && isKnown) { break }
        }
        let now = stopwatch()
        let seen = box.state.withLock { $0 }
        if let error = seen.error, seen.recorded == 0 { throw error }
        execution.interruption.request()
        return findings(seen, start: start, now: now, folder: folder)
    }

    private func findings(
        _ state: State, start: Double, now: Double, folder: String
    ) -> Findings {
        var findings = Findings(tried: now - start, recorded: state.recorded)
        if let left = state.timeLeft?.seconds(at: now) {
            findings.seconds = left + (now - start)
        }
        if let outline = state.outline {
            if state.recorded > 0 {
                let share = Double(state.recorded) / Double(max(1, outline.planned))
                findings.bytes = Double(DiskSpace.used(below: folder)) / share
            } else if let begun = state.fitStart, state.fitShare > 0.01 {
                let chains = outline.arms.count * outline.seeds.count
                let fits = Double(chains * (outline.generations + 1))
                let threads = Double(max(1, min(outline.workers, chains)))
                findings.fitSeconds = (now - begun) / state.fitShare * fits / threads
            }
        }
        return findings
    }

    /// What the observer and the one who waits share.
    private final class Box: Sendable {
        let state = Mutex(State())

        func note(_ event: RunEvent, at now: Double) {
            state.withLock { state in
                switch event {
                case .started(let outline):
                    state.outline = outline
                    state.timeLeft = outline.timeLeft
                case .progress(let progress):
                    state.timeLeft?.noteWork(arm: progress.arm, seed: progress.seed, at: now)
                    guard progress.stage == .fitting, state.recorded == 0 else { return }
                    state.fitStart = state.fitStart ?? now
                    if progress.total > 0 {
                        state.fitShare = max(
                            state.fitShare, Double(progress.done) / Double(progress.total))
                    }
                case .recorded(let recorded, let seconds?):
                    state.recorded += 1
                    guard let first = recorded.first else { return }
                    state.timeLeft?.note(
                        arm: first.arm, seed: first.seed, seconds: seconds, at: now)
                case .recorded, .note, .failed, .finished: return
                }
            }
        }
    }
}
