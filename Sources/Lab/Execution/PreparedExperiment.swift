package import Collapse
package import Support
import Synchronization

/// An arm with its setting, ready to run.
package struct PreparedArm<Setting: TaskSetting>: Sendable {
    /// The arm's keys, checked and compatible with the setting's capabilities.
    package var specification: ArmSpecification
    /// The setting made from the arm's values.
    package var setting: Setting
    /// The settings of the arm's phases.
    package var phases: [Setting] = []
    /// The swept keys and values that made the arm, as in ``ResolvedArm/coordinates``.
    package var coordinates: [(key: String, value: SpecificationValue)]

    /// The curves that theory predicts. No theory here follows an arm that changes on its way.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        specification.phases.isEmpty ? setting.predictions(for: plan) : []
    }

    /// How the arm's metric moves away from its control's, as ``predictions(for:)``.
    package func excessTheory(for plan: ChainPlan) -> ExcessTheory? {
        specification.phases.isEmpty ? setting.excessTheory(for: plan) : nil
    }
}

/// An experiment whose meaning has been checked: arms, seeds' data and plans of one task setting.
package struct PreparedExperiment<Setting: TaskSetting>: Sendable {
    /// The specification that everything here was read from, with the names of imported files.
    package var resolved: ResolvedExperiment { imports.resolved }
    /// The files from outside that the specification names.
    package let imports: ImportedFiles
    /// In the order of the specification.
    package let arms: [PreparedArm<Setting>]
    /// The programs that choose data of the arms.
    package let commands: ExternalCommands
    /// The experiment's name, as the report gives it.
    package let name: String
    /// The seeds that each arm runs, in the order of the specification; none occurs twice.
    package let seeds: [UInt64]
    /// The last generation; generations run from 0 to this.
    package let generations: Int
    /// Which generations keep their stored models once every chain has finished.
    package let checkpoints: CheckpointPolicy
    /// How the setting's definitions of collapse are decided, with the experiment's margins.
    package let definitions: [DefinitionRule]
    /// The pairs of arms that are to be compared; none where the report chooses.
    package let comparisons: [(first: String, second: String)]
    /// The names of the arms whose base model is measured, as generation -1.
    private let armsWithBase: Set<String>
    private let dataOfSeeds: BoundedCache<String, Setting.SeedData>

    /// Reads the arms and makes their settings; real data is read when it is first needed.
    ///
    /// - Throws: ``SpecificationError`` with file, line and key.
    package init(
        _ resolved: ResolvedExperiment, execution: Execution, mayFetch: Bool = true
    ) throws {
        let imports = try ImportedFiles(
            of: resolved, root: execution.root, mayRead: mayFetch)
        self.imports = imports
        let resolved = imports.resolved
        let experiment = resolved.experiment
        name = try experiment[ExperimentKeys.name]
        seeds = try experiment[ExperimentKeys.seeds].map(UInt64.init)
        generations = try experiment[ExperimentKeys.generations]
        checkpoints = try experiment[ExperimentKeys.checkpoints]
        definitions = try resolved.locating([ExperimentKeys.verdict.name]) {
            try experiment[ExperimentKeys.verdict]?.rules(of: Setting.declaration)
                ?? Setting.declaration.definitions
        }
        comparisons = try Self.comparisons(in: resolved)
        let observer = execution.observer
        let resources = SettingResources(
            root: execution.root, mayFetch: mayFetch, imported: { imports.folder(of: $0) },
            report: { observer(.note($0)) })
        var errors = SpecificationErrors()
        arms = try resolved.arms.compactMap { arm in
            do {
                return try resolved.locating(["arms", arm.name]) {
                    let specification = try ArmSpecification(name: arm.name, values: arm.values)
                    let settings = try specification.settings(resources) as [Setting]
                    return PreparedArm(
                        specification: specification, setting: settings[0],
                        phases: Array(settings.dropFirst()), coordinates: arm.coordinates)
                }
            } catch let error as SpecificationError {
                errors.note(error)
                return nil
            }
        }
        try errors.check()
        commands = try ExternalCommands(of: arms.map(\.specification), imports) { arm, body in
            try resolved.locating(["arms", arm], body)
        }
        let measuresBase = Setting.declaration.evaluations.contains(where: \.measuresBase)
        armsWithBase = Set(
            measuresBase
                ? arms.filter {
                    $0.specification.usesBase && $0.setting.capabilities.contains(.base)
                }.map(\.specification.name) : [])
        dataOfSeeds = BoundedCache(capacity: execution.workers + 1)
    }

    private static func comparisons(
        in resolved: ResolvedExperiment
    ) throws -> [(first: String, second: String)] {
        let names = resolved.arms.map(\.name)
        let pairs = try resolved.experiment[ExperimentKeys.compare]
        return try pairs.enumerated().map { index, pair in
            try resolved.locating([ExperimentKeys.compare.name, String(index)]) {
                guard pair.count == 2, pair[0] != pair[1] else {
                    throw SpecificationIssue(
                        path: [], message: "a comparison is of two arms: write [first, second]")
                }
                if let unknown = pair.first(where: { !names.contains($0) }) {
                    throw SpecificationIssue(
                        path: [],
                        message:
                            "there is no arm \(unknown); arms are \(names.joined(separator: ", "))")
                }
                return (pair[0], pair[1])
            }
        }
    }

    /// The real data that the arms read, each source once.
    package func sources() throws -> [DataSource] {
        DataSource.joining(
            try arms.flatMap { arm in
                try locating(arm) { try arm.setting.sources() }
            })
    }

    /// The data of a seed in an arm, shared by arms whose seeds' data agree.
    package func seedData(of arm: PreparedArm<Setting>, seed: UInt64) throws -> Setting.SeedData {
        let stream = arm.specification.stream
        let initialSize = try locating(arm) {
            let size = try arm.specification.sampleSizes(generations: 0)[0]
            try MemoryNeed.check(size, of: arm)
            return size
        }
        func make() throws -> Setting.SeedData {
            try locating(arm) {
                try arm.setting.makeSeedData(seed: seed, stream: stream, initialSize: initialSize)
            }
        }
        // What costs less than a look-up is made anew for each of thousands of seeds.
        guard let storage = arm.setting.storage else { return try make() }
        let keys = Setting.declaration.keys.hashedText(of: .seedData, in: arm.specification.values)
        let inputs = try locating(arm) { try storage.inputs(.seedData).joined(separator: " ") }
        return try dataOfSeeds.value(
            for: "\(inputs) \(keys) \(seed) \(stream) \(initialSize)", make: make)
    }

    /// A chain whose generations are recorded one by one, in a store.
    package func storedChain(
        of arm: PreparedArm<Setting>, seed: UInt64, storage: Storage<Setting>,
        environment: StoreEnvironment<Setting>
    ) throws -> StoredChain<Setting> {
        let seedData = try seedData(of: arm, seed: seed)
        let plan = try plan(of: arm, in: seedData)
        return try locating(arm) {
            try StoredChain(
                plan: plan, seed: seed, setting: arm.setting, phases: arm.phases,
                seedData: seedData, storage: storage,
                environment: environment)
        }
    }

    /// A chain that is recorded as a whole. `known` is a plan of this arm that another seed may
    /// share.
    package func chain(
        of arm: PreparedArm<Setting>, seed: UInt64, plan known: ChainPlan?, workers: Int,
        commands: (any CommandExecutor)?
    ) throws -> Chain<Setting> {
        let seedData = try seedData(of: arm, seed: seed)
        // Where real data never ends, every seed cuts it alike.
        let shared = arm.setting.realCount(in: seedData) == nil ? known : nil
        return Chain(
            plan: try shared ?? plan(of: arm, in: seedData), seed: seed, setting: arm.setting,
            phases: arm.phases, seedData: seedData, workers: workers, commands: commands)
    }

    /// What starts the programs of the arms; nil where there are none, or they are not allowed.
    func executor(_ consent: CommandConsent) -> (any CommandExecutor)? {
        guard !commands.isEmpty, (try? consent.check(commands)) != nil else { return nil }
        return CommandProcess(imports)
    }

    func plan(
        of arm: PreparedArm<Setting>, in seedData: Setting.SeedData
    ) throws -> ChainPlan {
        try locating(arm) {
            let plan = try ChainPlan(
                arm: arm.specification, generations: generations,
                stream: RealStream(setting: arm.setting, seedData: seedData))
            if !arm.setting.capabilities.fitsWeightless { try plan.checkWeights() }
            try plan.checkSamples(of: arm.setting.capabilities)
            try plan.checkCuration()
            try arm.setting.check(plan)
            for (index, setting) in arm.phases.enumerated() {
                do throws(SpecificationIssue) {
                    try setting.check(plan)
                } catch {
                    throw error.within(ArmSpecification.path(ofStretch: index + 1))
                }
            }
            try MemoryNeed.check(plan.largestHeldSize(by: arm.setting), of: arm)
            return plan
        }
    }

    /// Names the arm and its place in the file in what is wrong with one of its values.
    private func locating<Result>(
        _ arm: PreparedArm<Setting>, _ body: () throws -> Result
    ) throws -> Result {
        try resolved.locating(["arms", arm.specification.name], body)
    }

    /// The units of work of an arm: one seed of a setting that records generation by generation, a
    /// range of seeds of one that records whole chains.
    package func seedGroups() -> [[UInt64]] {
        switch Setting.declaration.recordUnit {
        case .generation: return seeds.map { [$0] }
        case .chains(let count):
            return stride(from: 0, to: seeds.count, by: count).map {
                Array(seeds[$0..<min($0 + count, seeds.count)])
            }
        }
    }

    /// The blocks in which a group of seeds of an arm is recorded.
    package func blocks(arm: String, seeds: [UInt64]) -> [RecordBlock] {
        switch Setting.declaration.recordUnit {
        case .generation:
            let first = armsWithBase.contains(arm) ? MetricTable.baseGeneration : 0
            return (first...generations).map {
                RecordBlock(arm: arm, seeds: seeds, generations: $0...$0)
            }
        case .chains:
            return [RecordBlock(arm: arm, seeds: seeds, generations: 0...generations)]
        }
    }

    /// Every block of the experiment, arm by arm.
    package func blocks() -> [RecordBlock] {
        arms.flatMap { arm in
            seedGroups().flatMap { blocks(arm: arm.specification.name, seeds: $0) }
        }
    }

    /// Whether the checkpoint policy keeps generation `t`'s model after the run.
    package func keepsModel(of t: Int) -> Bool {
        switch checkpoints {
        case .all: true
        case .last: t == generations
        case .none: false
        }
    }

    /// What a run in a directory consists of.
    func outline(in directory: RunDirectory, workers: Int) -> RunOutline {
        let blocks = blocks()
        return RunOutline(
            name: name, directory: directory.path, setting: Setting.declaration,
            arms: arms.map(\.specification.name), seeds: seeds, generations: generations,
            workers: workers, recorded: blocks.count - directory.missing(blocks).count,
            planned: blocks.count)
    }

    /// Checks every chain's plan, so that a pool that runs dry is an error before anything is
    /// fitted.
    package func checkPlans() throws {
        for seed in checkedSeeds {
            for arm in arms {
                _ = try plan(of: arm, in: try seedData(of: arm, seed: seed))
            }
        }
    }

    /// Seeds of an endless real stream have equal plans; one stands for all.
    private var checkedSeeds: [UInt64] {
        if case .chains = Setting.declaration.recordUnit { return Array(seeds.prefix(1)) }
        return seeds
    }
}

extension ArmSpecification {
    /// The setting of the arm as it begins, and those of its phases, each checked against what came
    /// before.
    fileprivate func settings<Setting: TaskSetting>(
        _ resources: SettingResources
    ) throws -> [Setting] {
        var settings: [Setting] = []
        for (index, arm) in stretches.enumerated() {
            do {
                let setting = try Setting(arm: arm, resources: resources)
                try arm.check(against: setting.capabilities)
                if let earlier = settings.last { try setting.check(after: earlier, in: arm) }
                settings.append(setting)
            } catch let issue as SpecificationIssue {
                throw issue.within(Self.path(ofStretch: index))
            }
        }
        return settings
    }
}

extension ResolvedExperiment {
    /// Runs `body`, giving an index in the file to what it finds wrong with a value below `path`.
    package func locating<Result>(_ path: [String], _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let issue as SpecificationIssue {
            throw error(for: issue.within(path))
        }
    }
}
