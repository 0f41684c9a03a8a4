import Collapse
import Glibc
import Support

/// What an experiment needs of the machine's memory, so far as it follows from the sizes of data.
enum MemoryNeed {
    /// Refuses data that the machine cannot hold, before anything is drawn.
    static func check<Setting: TaskSetting>(
        _ size: Int, of arm: PreparedArm<Setting>
    ) throws(SpecificationIssue) {
        let bytes = Double(size) * Double(arm.setting.bytesPerUnit)
        guard bytes > machine else { return }
        let unit = Setting.declaration.sizeUnit
        throw SpecificationIssue(
            path: [ArmKeys.sampleSize.name],
            message: "a generation holds \(size) \(unit) at once, which takes about "
                + "\(gigabytes(bytes)) GB of memory, and this machine has \(gigabytes(machine)): "
                + "lower sample-size")
    }

    /// The bytes of memory of this machine.
    private static let machine =
        Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))

    private static func gigabytes(_ bytes: Double) -> String {
        let tenths = (bytes / 1e8).rounded()
        return tenths < 1e15 ? "\(tenths / 10)" : "\(bytes / 1e9)"
    }
}

extension ChainPlan {
    /// The most data that a chain holds at once: a generation's, or one sample where a fit follows
    /// from statistics of data that only grows.
    func largestHeldSize(by setting: some TaskSetting) -> Int {
        let sample = sampleSizes.max() ?? 0
        if onlyGrows, arm.curation.isEmpty, setting.incrementalFit != nil { return sample }
        // Where data accumulates the last generation has the most.
        let last = compositions[generations].parts.reduce(0.0) { $0 + Double($1.heldSize) }
        return max(sample, Int(exactly: last.rounded()) ?? .max)
    }
}

extension Composition.Part {
    /// The size of what is gathered before anything is left out.
    fileprivate var heldSize: Int {
        switch self {
        case .real(let draw), .replayed(let draw, _): draw.size
        case .synthetic(_, let size): size
        }
    }
}
