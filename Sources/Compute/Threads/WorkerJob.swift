/// What a pool is to run in every step of a loop: made once, it is run without allocating, where a
/// closure that is handed to other threads takes a small object each time.
///
/// Its owner keeps what changes from step to step where the body finds it.
package struct WorkerJob {
    let body: (_ task: Int, _ worker: Int) -> Void

    /// - Parameter body: As `WorkerPool.perform` takes it. Capture its owner unowned.
    package init(_ body: @escaping (_ task: Int, _ worker: Int) -> Void) {
        self.body = body
    }
}
