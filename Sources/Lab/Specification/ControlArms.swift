import Collapse
import Support

/// Adds to an experiment that asks for them the controls that its arms lack.
struct ControlArms {
    /// What the name of an added control begins with, before that of its first arm.
    static let prefix = "control-of-"

    /// An arm with where its values are written.
    typealias Arm = (arm: ResolvedArm, locations: LocationTree)

    /// The controls of `arms`, each named after the first of the arms that share it.
    ///
    /// Arms whose keys contradict each other have none here; what is wrong with them is said where
    /// they are prepared.
    static func missing(of arms: [Arm], generations: Int) throws(SpecificationError) -> [Arm] {
        var positions: [Int] = []
        var specifications: [ArmSpecification] = []
        for (index, arm) in arms.enumerated() {
            guard
                let specification = try? ArmSpecification(
                    name: arm.arm.name, values: arm.arm.values)
            else { continue }
            positions.append(index)
            specifications.append(specification)
        }
        var controls: [Arm] = []
        for sharers in Controls(specifications, generations: generations).missing {
            var control = arms[positions[sharers[0]]]
            let location = control.locations.location
            control.arm.name = prefix + control.arm.name
            guard !arms.contains(where: { $0.arm.name == control.arm.name }) else {
                throw SpecificationError(
                    .meaning(
                        "the name is that of the control which `controls: true` adds, but the arm is "
                            + "another one: rename it"),
                    key: ["arms", control.arm.name], at: location)
            }
            control.arm.values = control.arm.values.setting(
                ArmKeys.control.name, to: .boolean(true))
            // Along a sweep it stands where all that share it stand.
            control.arm.coordinates.removeAll { coordinate in
                !sharers.allSatisfy { sharer in
                    arms[positions[sharer]].arm.coordinates.contains { $0 == coordinate }
                }
            }
            controls.append(control)
        }
        return controls
    }
}

extension SpecificationValue {
    /// The map with another value of a key.
    func setting(_ key: String, to value: SpecificationValue) -> SpecificationValue {
        guard case .map(var map) = self else { return self }
        map[key] = value
        return .map(map)
    }
}
