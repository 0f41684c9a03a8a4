/// An arm between two of its phases, with the setting as it is specified there.
final class ArmStretch<Setting: TaskSetting> {
    let arm: ArmSpecification
    let setting: Setting
    let capabilities: Capabilities<Setting>
    /// What stages of curation learned of generation 0.
    let curationMemory = CurationMemory()

    init(_ arm: ArmSpecification, _ setting: Setting) {
        self.arm = arm
        self.setting = setting
        capabilities = setting.capabilities
    }
}

/// The stretches of an arm by the generations in which they hold.
struct ArmStretches<Setting: TaskSetting> {
    private let stretches: [ArmStretch<Setting>]
    /// The first generation of each.
    private let starts: [Int]

    /// `settings` are those of ``ArmSpecification/stretches``.
    init(_ arm: ArmSpecification, settings: [Setting]) {
        precondition(settings.count == arm.phases.count + 1, "each phase has a setting")
        stretches = zip(arm.stretches, settings).map { ArmStretch($0, $1) }
        starts = [0] + arm.phases.map(\.from)
    }

    subscript(t: Int) -> ArmStretch<Setting> {
        guard stretches.count > 1, let place = starts.lastIndex(where: { $0 <= t }) else {
            return stretches[0]
        }
        return stretches[place]
    }

    func contains(where holds: (ArmStretch<Setting>) -> Bool) -> Bool {
        stretches.contains(where: holds)
    }
}
