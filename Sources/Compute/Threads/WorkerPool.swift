import CKernels
import Glibc
import Synchronization

/// Threads of our own for work that computes for seconds, apart from the cooperative pool, which
/// such work would starve.
///
/// The threads start once. Between jobs they watch for the next one for some microseconds, then
/// sleep. Tasks are handed out as threads become free, so a result must never depend on which
/// thread ran a task. Several pools may work at the same time; one pool performs one job at a time.
package final class WorkerPool: @unchecked Sendable {
    // `@unchecked`: the atomics order all access. `body` is written before a job is announced in
    // `ticket` and read only by who has claimed one of its tasks; `perform` returns after the last
    // task, so that it outlives its readers.

    /// The job: its number in the high bits, then how many tasks it has, then the next one to hand
    /// out. A thread claims a task by exchanging this word, so that one which comes late can never
    /// claim a task of another job.
    private let ticket = Atomic<UInt64>(0)
    private let completed = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let callerSleeps = Atomic<Bool>(false)
    private let isClosing = Atomic<Bool>(false)
    private let isBusy = Atomic<Bool>(false)
    private nonisolated(unsafe) var body: Body?

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var threads: [pthread_t] = []

    private typealias Body = (_ task: Int, _ worker: Int) -> Void

    /// How many threads work, the caller's included.
    package let count: Int

    /// Looks at the ticket this often, a few tens of microseconds, before a thread goes to sleep.
    private static let patience = 2_000
    /// Bits for the next task, and for the number of tasks.
    private static let taskBits: UInt64 = 20
    private static let taskMask: UInt64 = (1 << 20) - 1

    /// Starts `count - 1` threads; the caller of `perform(tasks:_:)` is the last.
    package init(count: Int) {
        precondition(count > 0, "a pool of \(count) workers")
        ComputeEnvironment.prepare()
        self.count = count
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
        pthread_cond_init(finished, nil)
        for worker in 1..<max(count, 1) {
            let start = Unmanaged.passRetained(ThreadStart(core: self, worker: worker))
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
                    start.core.serve(as: start.worker)
                    return nil
                }, start.toOpaque())
            precondition(code == 0, "thread \(worker) could not be started: error \(code)")
            threads.append(thread)
        }
    }

    private final class ThreadStart {
        // Unsafe because a pool may go before its threads have begun; its deinit waits for them.
        unowned(unsafe) let core: WorkerPool
        let worker: Int

        init(core: WorkerPool, worker: Int) {
            self.core = core
            self.worker = worker
        }
    }

    deinit {
        pthread_mutex_lock(mutex)
        isClosing.store(true, ordering: .sequentiallyConsistent)
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
        for thread in threads { pthread_join(thread, nil) }
        pthread_cond_destroy(finished)
        pthread_cond_destroy(wake)
        pthread_mutex_destroy(mutex)
        finished.deallocate()
        wake.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` for every task 0 ..< tasks and returns when all are done.
    ///
    /// Tasks are begun in order. The body runs on several threads at once although its type does
    /// not say so: it may write only what belongs to its task, or to its worker, of which 0 ..<
    /// ``count`` run at a time. Must not be called from within a body of the same pool.
    package func perform(tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
        guard count > 1, tasks > 1 else {
            for task in 0..<tasks { body(task, 0) }
            return
        }
        withoutActuallyEscaping(body) { share(tasks: tasks, $0) }
    }

    /// Runs a job that was made before, as ``perform(tasks:_:)-(_,(Int,Int)->Void)`` does, without
    /// allocating.
    package func perform(tasks: Int, _ job: WorkerJob) {
        guard count > 1, tasks > 1 else {
            for task in 0..<tasks { job.body(task, 0) }
            return
        }
        share(tasks: tasks, job.body)
    }

    /// Announces a job, takes part in it, and waits for its end.
    private func share(tasks: Int, _ body: @escaping Body) {
        precondition(tasks <= Self.taskMask, "\(tasks) tasks in one job; the most is 1048575")
        precondition(
            !isBusy.exchange(true, ordering: .acquiring), "a pool performs one job at a time")
        self.body = body
        completed.store(0, ordering: .relaxed)
        let job = ticket.load(ordering: .relaxed) >> (2 * Self.taskBits) &+ 1
        ticket.store(
            job << (2 * Self.taskBits) | UInt64(tasks) << Self.taskBits,
            ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
            pthread_mutex_lock(mutex)
            pthread_cond_broadcast(wake)
            pthread_mutex_unlock(mutex)
        }
        work(as: 0)
        waitForCompletion(of: tasks)
        self.body = nil
        isBusy.store(false, ordering: .releasing)
    }

    private func waitForCompletion(of tasks: Int) {
        for _ in 0..<Self.patience {
            if completed.load(ordering: .acquiring) == tasks { return }
            ck_pause()
        }
        pthread_mutex_lock(mutex)
        callerSleeps.store(true, ordering: .sequentiallyConsistent)
        while completed.load(ordering: .sequentiallyConsistent) < tasks {
            pthread_cond_wait(finished, mutex)
        }
        callerSleeps.store(false, ordering: .relaxed)
        pthread_mutex_unlock(mutex)
    }

    /// A thread's life: wait for a job, work, wait again.
    private func serve(as worker: Int) {
        var seen: UInt64 = 0
        while let job = nextJob(after: seen) {
            seen = job
            work(as: worker)
        }
    }

    /// The number of the next job; nil when the pool closes.
    private func nextJob(after seen: UInt64) -> UInt64? {
        for _ in 0..<Self.patience {
            let job = ticket.load(ordering: .acquiring) >> (2 * Self.taskBits)
            if job != seen { return job }
            if isClosing.load(ordering: .relaxed) { return nil }
            ck_pause()
        }
        pthread_mutex_lock(mutex)
        sleepers.add(1, ordering: .sequentiallyConsistent)
        defer {
            sleepers.subtract(1, ordering: .sequentiallyConsistent)
            pthread_mutex_unlock(mutex)
        }
        while true {
            let job = ticket.load(ordering: .sequentiallyConsistent) >> (2 * Self.taskBits)
            if job != seen { return job }
            if isClosing.load(ordering: .sequentiallyConsistent) { return nil }
            pthread_cond_wait(wake, mutex)
        }
    }

    /// Runs a claimed task. A function of its own, so that the body is let go before the task
    /// counts as completed: `perform` may end its life right after.
    @inline(never) private func run(_ task: Int, _ worker: Int) {
        body?(task, worker)
    }

    /// Claims and runs tasks of the current job until none are left.
    private func work(as worker: Int) {
        while true {
            let word = ticket.load(ordering: .acquiring)
            let task = word & Self.taskMask
            let tasks = word >> Self.taskBits & Self.taskMask
            guard task < tasks else { return }
            let (exchanged, _) = ticket.weakCompareExchange(
                expected: word, desired: word + 1, ordering: .acquiringAndReleasing)
            guard exchanged else { continue }
            run(Int(task), worker)
            let done = completed.add(1, ordering: .sequentiallyConsistent).newValue
            if done == Int(tasks), callerSleeps.load(ordering: .sequentiallyConsistent) {
                pthread_mutex_lock(mutex)
                pthread_cond_signal(finished)
                pthread_mutex_unlock(mutex)
            }
        }
    }
}
