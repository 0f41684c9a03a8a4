import Collapse
import Compute
import Support

/// What an experiment needs of the machine's memory, so far as it follows from the sizes of data.
enum MemoryNeed {
    /// Refuses data that the machine cannot hold, before anything is drawn.
    static func check<Setting: TaskSetting>(
        _ size: Int, of arm: PreparedArm<Setting>
    ) throws(SpecificationIssue) {
        let bytes = Double(size) * Double(arm.setting.bytesPerUnit)
        guard let shortage = MachineMemory.shortage(bytes) else { return }
        throw SpecificationIssue(
            path: [ArmKeys.sampleSize.name],
            message: "a generation holds \(size) \(Setting.declaration.sizeUnit) at once, which "
                + "\(shortage): lower sample-size")
    }
}

extension PreparedExperiment {
    /// What is known of the memory that a chain of an arm takes; nil where that is next to nothing.
    func memoryNeed(of arm: String) -> String? {
        guard let arm = arms.first(where: { $0.specification.name == arm }),
            let plan = try? ChainPlan(arm: arm.specification, generations: generations)
        else { return nil }
        let bytes = Double(plan.largestHeldSize(by: arm.setting)) * Double(arm.setting.bytesPerUnit)
        guard bytes >= 1e8 else { return nil }
        return
            "the data of a generation alone takes about \(MachineMemory.gigabytes(bytes)) GB, and models "
            + "and their fits come on top of it"
    }
}

extension ChainPlan {
    /// The most data that a chain holds at once: a generation's, or one sample where a fit follows
    /// from statistics of data that only grows.
    func largestHeldSize(by setting: some TaskSetting) -> Int {
        let sample = sampleSizes.max() ?? 0
        if onlyGrows, arm.phases.isEmpty, arm.curation.isEmpty, setting.incrementalFit != nil {
            return sample
        }
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
