import ArgumentParser
import Compute
import Foundation

/// How many threads a command uses. Its result does not depend on it.
struct WorkerArguments: ParsableArguments {
    @Option(name: .shortAndLong, help: "Worker threads (default: one for each core).")
    var workers: Int = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard workers > 0 else { throw ValidationError("--workers must be at least 1.") }
    }

    var pool: WorkerPool { WorkerPool(count: workers) }
}
