import Collapse
import Synchronization

/// Where workers get what they work on: one process takes units from memory, several take them by
/// claims in files.
protocol UnitQueue: Sendable {
    /// The next unit for the thread that asks; nil when there is nothing left that this process could
    /// do. It may take a while where what is left is being worked on elsewhere.
    func next() -> WorkUnit?

    /// Hears that something of a unit is recorded.
    func noteProgress(of unit: WorkUnit)

    /// Takes a unit back that ``next()`` gave.
    func end(_ unit: WorkUnit, _ outcome: UnitOutcome)
}

/// How work on a unit ended.
enum UnitOutcome: Sendable {
    case completed
    /// By an error that whoever tries it again would meet, too.
    case failed(UnitFailure)
    /// It needs an object that another process makes: it can be taken again later.
    case waiting(for: ContentKey)
    /// This process cannot go on; another one can.
    case givenBack
}

/// A chain, or chains recorded together, that stopped with an error.
package struct UnitFailure: Sendable, Hashable, Error {
    /// The arm's name.
    package var arm: String
    /// The seed whose chain stopped.
    package var seed: UInt64
    /// The description of the error.
    package var message: String

    package init(arm: String, seed: UInt64, message: String) {
        self.arm = arm
        self.seed = seed
        self.message = message
    }
}

/// The units of a run that one process does alone, in their order.
final class LocalQueue: UnitQueue {
    private let units: [WorkUnit]
    private let position = Atomic<Int>(0)
    private let failed = Mutex<[UnitFailure]>([])

    init(_ units: [WorkUnit]) { self.units = units }

    /// The units that failed, in no fixed order.
    var failures: [UnitFailure] { failed.withLock { $0 } }

    func next() -> WorkUnit? {
        let index = position.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < units.count ? units[index] : nil
    }

    func noteProgress(of unit: WorkUnit) {}

    func end(_ unit: WorkUnit, _ outcome: UnitOutcome) {
        if case .failed(let failure) = outcome { failed.withLock { $0.append(failure) } }
    }
}
