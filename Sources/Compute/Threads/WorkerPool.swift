import Glibc

/// Threads of our own for work that computes for seconds, apart from the cooperative pool, which such work
/// would starve.
///
/// The threads start once and sleep between jobs. Tasks are handed out as threads become free, so a result must
/// never depend on which thread ran a task.
package final class WorkerPool: @unchecked Sendable {
    // `@unchecked`: everything below `mutex` is only touched while it is held; `body` outlives its tasks because
    // `perform` returns after the last one.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var threads: [pthread_t] = []
    private var body: (@Sendable (_ task: Int, _ worker: Int) -> Void)?
    private var nextTask = 0
    private var taskCount = 0
    private var unfinished = 0
    private var isClosing = false

    /// How many threads work, the caller's included.
    package let count: Int

    /// Starts `count - 1` threads; the caller of ``perform(tasks:_:)`` is the last.
    package init(count: Int) {
        precondition(count > 0, "a pool of \(count) workers")
        self.count = count
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
        pthread_cond_init(finished, nil)
        for worker in 1..<max(count, 1) {
            let start = Unmanaged.passRetained(ThreadStart(core: self, worker: worker))
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { argument in
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
        isClosing = true
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
    package func perform(
        tasks: Int, _ body: @Sendable (_ task: Int, _ worker: Int) -> Void
    ) {
        guard count > 1, tasks > 1 else {
            for task in 0..<tasks { body(task, 0) }
            return
        }
        withoutActuallyEscaping(body) { body in
            pthread_mutex_lock(mutex)
            precondition(self.body == nil, "a pool performs one job at a time")
            self.body = body
            nextTask = 0
            taskCount = tasks
            unfinished = tasks
            pthread_cond_broadcast(wake)
            work(as: 0)
            while unfinished > 0 { pthread_cond_wait(finished, mutex) }
            self.body = nil
            pthread_mutex_unlock(mutex)
        }
    }

    /// A thread's life: wait for a job, work, wait again.
    private func serve(as worker: Int) {
        pthread_mutex_lock(mutex)
        while !isClosing {
            work(as: worker)
            if !isClosing { pthread_cond_wait(wake, mutex) }
        }
        pthread_mutex_unlock(mutex)
    }

    /// Takes tasks until none are left. The mutex is held on entry and on return.
    private func work(as worker: Int) {
        while let body, nextTask < taskCount {
            let task = nextTask
            nextTask += 1
            pthread_mutex_unlock(mutex)
            body(task, worker)
            pthread_mutex_lock(mutex)
            unfinished -= 1
            if unfinished == 0 { pthread_cond_signal(finished) }
        }
    }
}
