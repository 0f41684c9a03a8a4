package import Collapse
import Support
import Synchronization

/// The states of running fits in a folder, a file for each: written from time to time, and when work
/// is to be put down.
///
/// A state saves time and is never the truth. One that cannot be read, written or gone on from costs a
/// remark, and the fit begins again.
package final class FitFolder: FitCheckpoints {
    /// What runs under a name at this moment.
    private struct Running {
        var fit: Interruption.Fit
        /// When the newest state on the disk was made, in seconds of the stopwatch.
        var saved: Double
    }

    private let path: String
    private let interval: Double
    private let stopwatch: @Sendable () -> Double
    private let observer: @Sendable (RunEvent) -> Void
    private let interruption: Interruption
    private let running = Mutex<[ContentKey: Running]>([:])

    /// - Parameters:
    ///   - path: The folder, which is made with the first state.
    ///   - execution: How often states are written, who asks for them at other times, and who hears of
    ///     remarks.
    init(at path: String, execution: Execution) {
        self.path = path
        interval = execution.checkpointInterval
        stopwatch = execution.stopwatch
        observer = execution.observer
        interruption = execution.interruption
    }

    package func checkpoint(of key: ContentKey, title: String, isStored: Bool) -> any FitCheckpoint
    {
        FitFile(folder: self, key: key, part: nil, title: title, isStored: isStored)
    }

    package func end(_ key: ContentKey) {
        guard let ended = running.withLock({ $0.removeValue(forKey: key) }) else { return }
        interruption.end(ended.fit)
    }

    package func remove(_ key: ContentKey) {
        do {
            for name in try FileSystem.namesIfAny(in: path) where name.hasPrefix(key.digits) {
                try FileSystem.removeTree(path + "/" + name)
            }
        } catch {
            note("\(error)")
        }
    }

    // MARK: One file

    /// The state of one fit.
    private struct FitFile: FitCheckpoint {
        let folder: FitFolder
        let key: ContentKey
        let part: Int?
        let title: String
        let isStored: Bool

        private var path: String {
            "\(folder.path)/\(key.digits)\(part.map { ".\($0)" } ?? "").safetensors"
        }

        func part(_ index: Int) -> any FitCheckpoint {
            FitFile(
                folder: folder, key: key, part: index, title: "\(title), model \(index)",
                isStored: false)
        }

        func begin() -> [UInt8]? {
            folder.begin(key)
            do {
                return try FileSystem.read(path)
            } catch {
                folder.note("\(error); the fit of \(title) begins again")
                return nil
            }
        }

        func resume(at step: Int, of steps: Int) {
            folder.note("\(title): the fit goes on from step \(step) of \(steps)")
        }

        func refuse(_ problem: String) {
            folder.note("\(path) \(problem): it is removed, and the fit of \(title) begins again")
            do {
                try FileSystem.removeTree(path)
            } catch {
                folder.note("\(error)")
            }
        }

        func saveIfDue(isFinished: Bool, _ state: () throws -> [UInt8]) {
            // What is stored next needs no state.
            if isFinished, isStored { return }
            if folder.isDue(key, isFinished: isFinished) {
                do {
                    try AtomicFile.write(state(), to: path)
                    folder.interruption.noteProgress()
                } catch {
                    folder.note(
                        "the state of a fit cannot be kept, so that it would be lost with the "
                            + "process (\(title)): \(error)")
                }
                folder.noteSaved(key)
            }
            if isFinished { folder.end(key) }
        }
    }

    private func begin(_ key: ContentKey) {
        // One of several parts may have begun before.
        let isRunning = running.withLock { $0[key] != nil }
        guard !isRunning else { return }
        let fit = interruption.begin()
        let isFirst = running.withLock { running in
            guard running[key] == nil else { return false }
            running[key] = Running(fit: fit, saved: stopwatch())
            return true
        }
        if !isFirst { interruption.end(fit) }
    }

    /// Many short fits that make one result are not worth a file each.
    private func isDue(_ key: ContentKey, isFinished: Bool) -> Bool {
        if interruption.isRequested { return true }
        guard let saved = running.withLock({ $0[key]?.saved }) else { return false }
        return stopwatch() - saved >= (isFinished ? interval / 100 : interval)
    }

    private func noteSaved(_ key: ContentKey) {
        let now = stopwatch()
        let fit = running.withLock { running in
            running[key]?.saved = now
            return running[key]?.fit
        }
        guard let fit else { return }
        // Does not return once work is to be put down, so that no lock is held here.
        interruption.noteWritten(fit)
    }

    private func note(_ text: String) { observer(.note(text)) }
}
