import Compute
import Testing

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 3, 8])
    func everyTaskRunsOnce(workers: Int) {
        let pool = WorkerPool(count: workers)
        for tasks in [0, 1, 2, 7, 1_000] {
            let runs = Buffer<Int>(count: max(1, tasks))
            let isKnown = Buffer<Bool>(count: max(1, tasks))
            let (counts, known) = (runs.base, isKnown.base)
            pool.perform(tasks: tasks) { task, worker in
                counts[task] += 1
                known[task] = worker >= 0 && worker < workers
            }
            for task in 0..<tasks { #expect(runs[task] == 1 && isKnown[task]) }
        }
    }

    /// Short jobs in quick succession: threads arrive late, early and while the next job begins.
    @Test func jobsFollowEachOther() {
        let pool = WorkerPool(count: 4)
        let sums = Buffer<Int>(count: 3)
        let base = sums.base
        for job in 0..<20_000 {
            pool.perform(tasks: 3) { task, _ in base[task] += job % 7 + task }
        }
        let jobs = (0..<20_000).reduce(0) { $0 + $1 % 7 }
        #expect(sums.array() == [jobs, jobs + 20_000, jobs + 40_000])
    }

    @Test func poolsWorkBesideEachOther() {
        let outer = WorkerPool(count: 3)
        let totals = Buffer<Int>(count: 6)
        let base = totals.base
        outer.perform(tasks: 6) { task, _ in
            let inner = WorkerPool(count: 2)
            let parts = Buffer<Int>(count: 50)
            let values = parts.base
            for _ in 0..<40 { inner.perform(tasks: 50) { part, _ in values[part] += part } }
            base[task] = parts.array().reduce(0, +)
        }
        #expect(totals.array() == Array(repeating: 40 * 1_225, count: 6))
    }

    @Test func poolsComeAndGo() {
        for count in 1...40 { _ = WorkerPool(count: count % 5 + 1) }
    }

    @Test(arguments: [1, 2, 5])
    func turnstileKeepsTheOrder(workers: Int) {
        let pool = WorkerPool(count: workers)
        let turnstile = Turnstile()
        let order = Buffer<Int>(count: 65)
        let base = order.base
        for _ in 0..<20 {
            turnstile.reset()
            base[64] = 0
            pool.perform(tasks: 64) { task, _ in
                turnstile.wait(for: task)
                base[base[64]] = task
                base[64] += 1
                turnstile.pass(task)
            }
            #expect(Array(order.array()[..<64]) == Array(0..<64))
        }
    }
}
