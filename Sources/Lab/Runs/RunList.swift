import Compute
import Support
import Synchronization

/// The runs below some folders, by what their own files say: there is no index that could be wrong.
package struct RunList: Sendable {
    /// How far a run is.
    package enum State: String, Sendable, Encodable {
        /// Everything is recorded, and its results are written.
        case finished
        /// A process works on it now.
        case running
        /// It waits for the command that goes on with it.
        case unfinished
        /// Its summary cannot be read.
        case damaged
    }

    /// A run directory.
    package struct Entry: Sendable, Encodable {
        /// The path, as it was found.
        package var path: String
        package var state: State
        /// Nil where nothing has been collected yet.
        package var summary: RunSummary?
    }

    /// Folders in folders so deep are looked at.
    private static let depth = 4

    /// Sorted by their paths, folder by folder.
    package let entries: [Entry]

    /// Looks below folders. What lies inside a run directory is no run of its own.
    ///
    /// - Parameters:
    ///   - folders: Run directories, or folders that hold some.
    ///   - workers: Threads that read.
    /// - Throws: `FileError` where a folder cannot be read.
    package init(below folders: [String], workers: Int) throws {
        var paths: [String] = []
        for folder in folders { try Self.collect(folder, Self.depth, &paths) }
        let found = Mutex([Entry?](repeating: nil, count: paths.count))
        // Neighbours share a task, which costs more to hand out than a file to read.
        let step = 64
        WorkerPool(count: workers).perform(tasks: (paths.count + step - 1) / step) {
            [paths] task, _ in
            let range = task * step..<min(paths.count, (task + 1) * step)
            let read = range.map { Self.entry(paths[$0]) }
            found.withLock { found in
                for (index, entry) in zip(range, read) { found[index] = entry }
            }
        }
        entries = found.withLock { $0.compactMap(\.self) }
    }

    private static func collect(
        _ folder: String, _ depth: Int, _ paths: inout [String]
    ) throws(FileError) {
        if FileSystem.exists(folder + "/experiment.yaml") {
            paths.append(folder)
            return
        }
        guard depth > 0 else { return }
        for name in try FileSystem.names(in: folder) where !name.hasPrefix(".") {
            let path = folder + "/" + name
            if FileSystem.isFolder(path) { try collect(path, depth - 1, &paths) }
        }
    }

    private static func entry(_ path: String) -> Entry {
        do {
            let summary = try RunSummary.read(in: path)
            if let summary, summary.isFinished {
                return Entry(path: path, state: .finished, summary: summary)
            }
            let isHeld =
                RunDirectory.isHeld(path)
                || (try? WorkFolder(of: path).liveWorkers().isEmpty) == false
            return Entry(path: path, state: isHeld ? .running : .unfinished, summary: summary)
        } catch {
            return Entry(path: path, state: .damaged, summary: nil)
        }
    }
}
