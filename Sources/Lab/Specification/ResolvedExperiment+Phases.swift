import Collapse
import Support

extension ResolvedExperiment {
    /// The keys under which a value of a phase was written. What a phase does not write itself it has
    /// from the phase before it that does, or else from its arm.
    func writtenPath(of path: [String]) -> [String] {
        guard path.count > 4, path[0] == StructureKeys.arms, path[2] == PhaseKeys.name,
            let place = Int(path[3]),
            let arm = arms.firstIndex(where: { $0.name == path[1] })
        else { return path }
        let key = path[4...]
        let stretches = [armLocations[arm]] + phaseLocations(ofArm: arm)
        guard stretches.indices.contains(place + 1),
            let written = stretches[...(place + 1)].placeOfWriting(
                key, workflows: arms[arm].workflows)
        else {
            // Nobody wrote it: the phase could have, if phases may change it.
            let phases = PhaseKeys.declaration(for: setting)
            let isOfPhases = KeyType.at(path[2...4], in: [phases]) != nil
            return isOfPhases ? path : Array(path[..<2] + key)
        }
        let stretch = written == 0 ? [] : [PhaseKeys.name, String(written - 1)]
        return Array(path[..<2]) + stretch + Array(key)
    }

    private func phaseLocations(ofArm arm: Int) -> [LocationTree] {
        let phases = armLocations[arm].children[PhaseKeys.name]?.children ?? [:]
        return (0..<phases.count).map { phases[String($0)] ?? LocationTree() }
    }
}

extension ResolvedArm {
    /// The workflow that the arm begins with, and that of each phase.
    fileprivate var workflows: [SpecificationValue?] {
        let name = ArmKeys.workflow.name
        return (values[PhaseKeys.name]?.listValue ?? []).reduce(into: [values[name]]) {
            $0.append($1[name] ?? $0[$0.count - 1])
        }
    }
}

extension ArraySlice<LocationTree> {
    /// The position of the stretch of an arm that wrote what the last one has under a key; nil where
    /// none did.
    fileprivate func placeOfWriting(
        _ key: ArraySlice<String>, workflows: [SpecificationValue?]
    ) -> Int? {
        guard let first = key.first else { return nil }
        func wrote(_ place: Int) -> LocationTree? {
            self[place].children[first].flatMap { $0.isEmpty ? nil : $0 }
        }
        for place in indices.reversed() {
            if let tree = wrote(place) {
                // A group is merged with what stood before it, parts of which are found there.
                let location = tree.locate(key.dropFirst())
                return indices.first { wrote($0)?.locate(key.dropFirst()) == location }
            }
            // A workflow that takes the place of another brings its own keys.
            let isOfWorkflow = Workflows.keys.contains { $0.key == first }
            if isOfWorkflow, place > 0, workflows[place] != workflows[place - 1] { return nil }
        }
        return nil
    }
}
