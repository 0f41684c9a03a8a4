import ArgumentParser
import Compute
import Foundation

/// How many threads a command uses. Its result does not depend on it.
struct WorkerArguments: ParsableArguments {
    @Option(CommandKeys.workers, name: .shortAndLong)
    var workers: Int = ProcessInfo.processInfo.activeProcessorCount

    var pool: WorkerPool { WorkerPool(count: workers) }
}
