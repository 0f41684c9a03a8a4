public import Support

/// What an arm trains on and how, by which arms are told to be the same. Of the plan it keeps a hash,
/// since there may be very many long ones.
public struct TrainedData: Hashable, Sendable {
    private let keys: String
    private let hash: [Int]

    init(_ arm: ArmSpecification, _ plan: ChainPlan) {
        keys = arm.keysBesideWorkflow
        hash = plan.dataHash
    }

    /// - Throws: `SpecificationIssue` where the arm has no plan.
    public init(_ arm: ArmSpecification, generations: Int) throws(SpecificationIssue) {
        self.init(arm, try ChainPlan(arm: arm, generations: generations))
    }
}

extension ArmSpecification {
    /// What two arms must agree in, beside their plans, for one to be the other's control.
    fileprivate var keysBesideWorkflow: String {
        let left =
            [ArmKeys.workflow.name, ArmKeys.control.name] + Workflows.keys.map(\.key)
        func kept(_ values: SpecificationValue) -> [SpecificationMap.Entry] {
            guard case .map(let map) = values else { return [] }
            return map.entries.filter { !left.contains($0.key) }
        }
        // Phases that change the workflow alone are in the plan.
        let phases = (values[PhaseKeys.name]?.listValue ?? []).map(kept).filter { $0.count > 1 }
        var own = SpecificationMap(kept(values).filter { $0.key != PhaseKeys.name })
        own[PhaseKeys.name] = .list(phases.map { .map(SpecificationMap($0)) })
        return SpecificationValue.map(own).canonicalText
    }
}
