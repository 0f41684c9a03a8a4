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
    private let arm: ArmSpecification
    private let stretches: [ArmStretch<Setting>]

    /// `settings` are those of ``ArmSpecification/stretches``.
    init(_ arm: ArmSpecification, settings: [Setting]) {
        precondition(settings.count == arm.phases.count + 1, "each phase has a setting")
        self.arm = arm
        stretches = zip(arm.stretches, settings).map { ArmStretch($0, $1) }
    }

    subscript(t: Int) -> ArmStretch<Setting> { stretches[arm.stretch(of: t)] }

    func contains(where holds: (ArmStretch<Setting>) -> Bool) -> Bool {
        stretches.contains(where: holds)
    }
}
