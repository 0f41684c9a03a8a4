package import Collapse
import Foundation
package import Support

/// What processes that join a run must know and be: the content of `work/plan.json`.
package struct WorkPlan: Hashable, Sendable, Codable {
    /// The version of the format.
    private(set) var format = Self.currentFormat
    /// The program that prepared the run.
    package var program: ProgramIdentity
    /// The kernels whose bits its results are.
    package var kernels: String
    /// SHA-256 of the resolved specification's canonical text.
    package var specification: String
    /// The folder whose objects runs share.
    package var store: String?
    /// Seconds between two renewals of a claim, and after which one that is not renewed is over.
    private var heartbeat: Double
    private var lease: Double
    /// The units of the run, done ones included.
    package var units: Int

    private static let currentFormat = 1

    package init(
        program: ProgramIdentity, kernels: String, specification: String, store: String?,
        terms: LeaseTerms, units: Int
    ) {
        self.program = program
        self.kernels = kernels
        self.specification = specification
        self.store = store
        heartbeat = terms.heartbeat
        lease = terms.expiry
        self.units = units
    }

    /// How long a claim holds.
    package var terms: LeaseTerms { LeaseTerms(heartbeat: heartbeat, expiry: lease) }

    /// Whether this version of the program reads the plan, and what it says can be.
    var isUsable: Bool {
        format == Self.currentFormat && heartbeat > 0 && lease > heartbeat && lease.isFinite
    }
}

/// A unit that was missing when a run was prepared: a line of `work/units.jsonl`.
package struct ListedUnit: Hashable, Sendable, Codable {
    /// The unit's name, which its files have.
    package var unit: String
    package var arm: String
    package var seeds: [UInt64]
    /// The first generation and the last.
    package var first: Int
    package var last: Int
    /// Whether all generations are recorded together.
    package var isOneBlock: Bool

    init(_ unit: WorkUnit, _ blocks: [RecordBlock]) {
        self.unit = unit.name
        arm = unit.arm
        seeds = unit.seeds
        first = blocks.first?.generations.lowerBound ?? 0
        last = blocks.last?.generations.upperBound ?? 0
        isOneBlock = blocks.count == 1
    }

    /// The blocks that the unit comes to, in their order.
    package var blocks: [RecordBlock] {
        guard !isOneBlock, first <= last else {
            return [RecordBlock(arm: arm, seeds: seeds, generations: first...max(first, last))]
        }
        return (first...last).map { RecordBlock(arm: arm, seeds: seeds, generations: $0...$0) }
    }

    package var work: WorkUnit { WorkUnit(arm: arm, seeds: seeds) }
}

/// A unit that could not be done: the content of `work/failed/UNIT.json`.
package struct RecordedFailure: Hashable, Sendable, Codable, Error {
    package var arm: String
    /// The seed whose chain stopped.
    package var seed: UInt64
    package var message: String
    /// The machine, the number of the process and the scheduler's job where it happened.
    package var host: String
    package var process: Int32
    package var job: String?
    /// The log of that process's events.
    package var log: String

    init(_ failure: UnitFailure, host: String, process: Int32, job: String?, log: String) {
        arm = failure.arm
        seed = failure.seed
        message = failure.message
        self.host = host
        self.process = process
        self.job = job
        self.log = log
    }
}

/// A job that a scheduler has been given for a run: a line of `work/jobs.jsonl`.
package struct SubmittedJob: Hashable, Sendable, Codable {
    /// What the scheduler calls it.
    package var job: String
    /// Whether it works on units, or collects.
    package var collects: Bool

    package init(job: String, collects: Bool) {
        self.job = job
        self.collects = collects
    }
}
