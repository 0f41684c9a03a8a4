import CKernels
import Glibc
import Synchronization

/// Lets tasks that run on several threads do one part of their work in the order of their numbers.
///
/// Used where sums must not depend on which task is done first. Tasks must be begun in order, as
/// ``WorkerPool`` does.
package final class Turnstile: Sendable {
    private let turn = Atomic<Int>(0)

    package init() {}

    /// Begins again with task 0. Nobody may be waiting.
    package func reset() { turn.store(0, ordering: .releasing) }

    /// Returns when all tasks before `task` have passed.
    package func wait(for task: Int) {
        var looks = 0
        while turn.load(ordering: .acquiring) != task {
            looks += 1
            // With more threads than processors the one we wait for may need ours.
            if looks > 2_000 { sched_yield() } else { ck_pause() }
        }
    }

    /// Lets the next task pass; called once by each task, after ``wait(for:)``.
    package func pass(_ task: Int) { turn.store(task + 1, ordering: .releasing) }
}
