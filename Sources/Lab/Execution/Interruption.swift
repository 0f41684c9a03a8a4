import Foundation
import Glibc

/// Lets running fits write their state before the process ends.
///
/// Fits register while they run. Once work is to be put down, each writes its state after the step that
/// it makes and goes no further: its thread stays where it is, for the process ends as soon as all have
/// done so.
package final class Interruption: @unchecked Sendable {
    // `@unchecked`: `condition` guards all that changes.
    private let condition = NSCondition()
    private var isAsked = false
    private var unwritten: Set<Fit> = []
    private var begun: UInt64 = 0
    private var made = 0

    /// A fit that can write its state.
    package struct Fit: Hashable, Sendable {
        fileprivate var number: UInt64
    }

    package init() {}

    // MARK: Who ends the process

    /// Whether work is to be put down.
    package var isRequested: Bool { locked { isAsked } }

    /// Whether a fit runs that can write its state, which it does after one step more at the least.
    package var isFitting: Bool { locked { !unwritten.isEmpty } }

    /// Asks the running fits to write their state.
    ///
    /// - Returns: How many there are.
    @discardableResult
    package func request() -> Int {
        locked {
            isAsked = true
            return unwritten.count
        }
    }

    /// Returns when every fit that ran at the request has written its state, or has ended.
    package func waitUntilWritten() {
        locked { while !unwritten.isEmpty { condition.wait() } }
    }

    // MARK: Progress

    /// The records, objects and states of fits that this process has written: what another process
    /// need not do again.
    package var progress: Int { locked { made } }

    /// Counts something that was written.
    package func noteProgress() { locked { made += 1 } }

    // MARK: Fits

    /// Registers a fit. Does not return after a request: whatever it would do is not begun any more.
    package func begin() -> Fit {
        condition.lock()
        if isAsked { park() }
        defer { condition.unlock() }
        begun += 1
        let fit = Fit(number: begun)
        unwritten.insert(fit)
        return fit
    }

    /// Says that a fit's state is on the disk, as far as it can be. Does not return after a request.
    package func noteWritten(_ fit: Fit) {
        condition.lock()
        guard isAsked else { return condition.unlock() }
        unwritten.remove(fit)
        condition.broadcast()
        park()
    }

    /// Says that a fit has come to its end, and its result is where it belongs.
    package func end(_ fit: Fit) {
        locked {
            unwritten.remove(fit)
            condition.broadcast()
        }
    }

    /// Leaves the calling thread where it is, until the process ends.
    private func park() -> Never {
        condition.unlock()
        while true { pause() }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}
