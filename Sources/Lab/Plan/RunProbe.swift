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
        /// The fit that has got furthest, and the fits that were seen to begin.
        var fit: Fit?
        var begun: [String: Double] = [:]
        var error: (any Error)?
        var hasEnded = false
    }

    /// How far a fit was seen to come.
    private struct Fit {
        var arm: String
        var generation: Int
        var seconds: Double
        var share: Double
    }

    /// How long is tried at the least, and at the most where so long tells nothing, in seconds.
    private static let (least, most) = (2.0, 8.0)

    private let plan: RunPlan

    package init(of plan: RunPlan) { self.plan = plan }

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
        if state.recorded > 0 { findings.bytes = bytes(state.recorded, in: folder) }
        if findings.seconds == nil, let fit = state.fit, let outline = state.outline {
            findings.fitSeconds = seconds(ofAllFitsLike: fit, outline)
        }
        return findings
    }

    /// The time that all fits take, if it is in proportion to the data as that of one is.
    private func seconds(ofAllFitsLike fit: Fit, _ outline: RunOutline) -> Double? {
        guard fit.share > 0.01,
            let sizes = plan.arms.first(where: { $0.name == fit.arm })?.sizes,
            sizes.indices.contains(fit.generation), sizes[fit.generation] > 0
        else { return nil }
        let each = fit.seconds / fit.share / Double(sizes[fit.generation])
        let trained = plan.arms.reduce(0) { $0 + Double($1.trained) } * Double(plan.seeds)
        let threads = max(1, min(outline.workers, plan.arms.count * plan.seeds))
        return each * trained / Double(threads)
    }

    /// What the whole run takes of the disk, of which models are kept as the experiment says.
    private func bytes(_ recorded: Int, in folder: String) -> Double {
        let store = ObjectStore(reading: folder + "/objects")
        var sizes: [ObjectKind: (count: Int, bytes: Int)] = [:]
        for key in (try? store.allKeys()) ?? [] {
            guard let object = try? store.description(of: key) else { continue }
            let (count, bytes) = sizes[object.kind] ?? (0, 0)
            sizes[object.kind] = (
                count + 1, bytes + object.files.reduce(0) { $0 + $1.length }
            )
        }
        func total(_ kinds: ObjectKind...) -> Double {
            kinds.reduce(0) { $0 + Double(sizes[$1]?.bytes ?? 0) }
        }
        let each =
            (Double(DiskSpace.used(below: folder + "/records")) + total(.samples, .evaluation))
            / Double(recorded)
        let model = total(.model) / Double(max(1, sizes[.model]?.count ?? 0))
        return each * Double(plan.planned) + model * Double(plan.models) + total(.base, .input)
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
                    guard progress.stage == .fitting, progress.generation >= 0 else { return }
                    let name = "\(progress.seed) \(progress.generation) \(progress.arm)"
                    guard let start = state.begun[name] else {
                        state.begun[name] = now
                        return
                    }
                    let share = Double(progress.done) / Double(max(1, progress.total))
                    if progress.total > 0, share > state.fit?.share ?? 0 {
                        state.fit = Fit(
                            arm: progress.arm, generation: progress.generation,
                            seconds: now - start, share: share)
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
