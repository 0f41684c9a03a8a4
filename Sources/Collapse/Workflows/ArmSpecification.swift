public import Support

/// One way of using data: what an arm's keys say, checked and typed.
public struct ArmSpecification: Sendable {
    /// The arm's name in the experiment file; no stored result depends on it.
    public var name: String
    /// Which data each generation from 1 on trains on.
    public var workflow: any Workflow
    /// Whether fresh real data takes the place of all synthetic data.
    public var isControl: Bool
    /// n_t, in the setting's unit of size; see ``sampleSizes(generations:)``.
    public var sampleSize: Schedule
    /// What fits start from, as specified; for generation 0 see ``startingPoint(of:hasBase:)``.
    public var startFrom: StartingPoint
    /// Whether an optimizer's state carries over; `carryOver` requires ``startFrom`` to be
    /// `previous`.
    public var optimizer: OptimizerPolicy
    /// How many of the latest models draw each sample, at least 1, and 1 unless ``sampleFrom`` is
    /// `previous`.
    public var parents: Int
    /// Which model draws the synthetic data.
    public var sampleFrom: SampleSource
    /// The stages in the order in which they are applied; empty for none.
    public var curation: [any CurationStage]
    /// The stream of random numbers: arms of one seed with equal streams share real data and draws.
    public var stream: UInt32
    /// All resolved keys of the arm, those of the setting included.
    public var values: SpecificationValue
    /// What changes on the way, in the order of the generations; empty for an arm that stays as it is,
    /// and in the arms of phases.
    public private(set) var phases: [Phase]
    /// What generations of any phase take of a model's samples.
    public private(set) var sampleUse: SampleUse
    /// The stages of curation of all phases.
    public private(set) var allCuration: [any CurationStage]

    /// An arm from one generation on.
    public struct Phase: Sendable {
        /// The first generation.
        public let from: Int
        /// The arm as it is from there on.
        public fileprivate(set) var arm: ArmSpecification
        /// The keys that the phase writes and that had other values before, in its order.
        public let changedKeys: [String]
    }

    /// Reads the resolved keys of an arm.
    ///
    /// - Throws: `SpecificationIssue` where keys that are right one by one contradict each other.
    public init(name: String, values: SpecificationValue) throws(SpecificationIssue) {
        self.name = name
        self.values = values
        sampleSize = try values[ArmKeys.sampleSize]
        workflow = try Workflows.workflow(named: values[ArmKeys.workflow], values)
        isControl = try values[ArmKeys.control]
        startFrom = try values[ArmKeys.startFrom]
        optimizer = try values[ArmKeys.optimizerState]
        parents = try values[ArmKeys.parents]
        sampleFrom = try values[ArmKeys.sampleFrom]
        stream = UInt32(try values[ArmKeys.stream])
        curation = try values[ArmKeys.curate]
        if sampleFrom != .previous && parents > 1 {
            throw SpecificationIssue(
                path: [ArmKeys.parents.name],
                message: "several parents are for sample-from: previous, and it is "
                    + "\(sampleFrom.rawValue): remove parents")
        }
        if optimizer == .carryOver && startFrom != .previous {
            throw SpecificationIssue(
                path: [ArmKeys.optimizerState.name],
                message:
                    "an optimizer can carry over only when a fit starts from the previous model: "
                    + "set start-from: previous")
        }
        phases = try Self.phases(of: values, named: name)
        let arms = phases.map(\.arm)
        sampleUse = arms.reduce(workflow.sampleUse) { max($0, $1.sampleUse) }
        allCuration = arms.reduce(curation) { $0 + $1.curation }
        for index in phases.indices {
            phases[index].arm.sampleUse = sampleUse
            phases[index].arm.allCuration = allCuration
        }
    }

    private static func phases(
        of values: SpecificationValue, named name: String
    ) throws(SpecificationIssue) -> [Phase] {
        let written = values[PhaseKeys.name]?.listValue ?? []
        guard !written.isEmpty, case .map(var map) = values else { return [] }
        map[PhaseKeys.name] = .list([])
        var values = SpecificationValue.map(map)
        var phases: [Phase] = []
        for (index, phase) in written.enumerated() {
            guard case .map(let changes) = phase else { continue }
            do throws(SpecificationIssue) {
                let from = try phase[PhaseKeys.from]
                guard from > phases.last?.from ?? 0 else {
                    throw SpecificationIssue(
                        path: [PhaseKeys.from.name],
                        message:
                            "phases begin one after another, and generation \(from) is not after "
                            + "\(phases.last?.from ?? 0): write them in their order")
                }
                guard changes.entries.count > 1 else {
                    throw SpecificationIssue(
                        path: [],
                        message:
                            "the phase changes nothing: give a key of the arm another value, or "
                            + "remove it")
                }
                let before = values
                values = values.entering(changes)
                let changed = changes.entries.map(\.key).filter {
                    $0 != PhaseKeys.from.name && before[$0] != values[$0]
                }
                phases.append(
                    Phase(
                        from: from, arm: try ArmSpecification(name: name, values: values),
                        changedKeys: changed))
            } catch {
                throw error.within([PhaseKeys.name, String(index)])
            }
        }
        return phases
    }

    /// The arm as it is in a generation; what a generation draws is drawn as it says.
    public func phase(of t: Int) -> ArmSpecification {
        let place = stretch(of: t)
        return place == 0 ? self : phases[place - 1].arm
    }

    /// The stages of all phases, each with the position of its arm among ``stretches`` and the keys
    /// that lead to it.
    public var placedCuration: [(stage: any CurationStage, stretch: Int, path: [String])] {
        stretches.enumerated().flatMap { place, arm in
            arm.curation.enumerated().map { index, stage in
                (stage, place, Self.path(ofStretch: place) + [ArmKeys.curate.name, String(index)])
            }
        }
    }

    /// The position among ``stretches`` of the arm as it is in a generation.
    func stretch(of t: Int) -> Int { (phases.lastIndex { $0.from <= t } ?? -1) + 1 }

    /// The keys that lead to the values which hold in a generation.
    func path(of t: Int) -> [String] { Self.path(ofStretch: stretch(of: t)) }

    /// The keys that lead from an arm to the values of one of its ``stretches``.
    public static func path(ofStretch place: Int) -> [String] {
        place == 0 ? [] : [PhaseKeys.name, String(place - 1)]
    }

    /// The arm as it begins, and as it is in each phase.
    public var stretches: [ArmSpecification] { [self] + phases.map(\.arm) }

    /// Checks that a setting can do what the arm asks of it.
    ///
    /// - Throws: `SpecificationIssue` at the key that asks for what the setting lacks.
    public func check<Setting: TaskSetting>(
        against capabilities: Capabilities<Setting>
    ) throws(SpecificationIssue) {
        let setting = Setting.declaration.name
        for (index, stage) in curation.enumerated() {
            for need in Capability.allCases
            where stage.needs.contains(need) && !capabilities.contains(need) {
                throw SpecificationIssue(
                    path: [ArmKeys.curate.name, String(index)],
                    message: "the setting \(setting) has no \(need.title) as it is specified here, "
                        + "which the stage \(stage.name) needs: remove the stage")
            }
            do {
                try stage.check(against: capabilities)
            } catch {
                throw error.within([ArmKeys.curate.name, String(index)])
            }
        }
        guard !capabilities.contains(.base) else { return }
        if sampleFrom != .previous {
            throw SpecificationIssue(
                path: [ArmKeys.sampleFrom.name],
                message: "the setting \(setting) has no base model as it is specified here: use "
                    + "sample-from: previous")
        }
        if startFrom == .base {
            throw SpecificationIssue(
                path: [ArmKeys.startFrom.name],
                message: "the setting \(setting) has no base model as it is specified here: use "
                    + "start-from: scratch or previous")
        }
    }

    /// n_0 ... n_generations.
    ///
    /// - Throws: `SpecificationIssue` where a schedule is undefined or leaves its range.
    public func sampleSizes(generations: Int) throws(SpecificationIssue) -> [Int] {
        var sizes: [Int] = []
        for t in 0...generations {
            guard let value = phase(of: t).sampleSize.value(at: t) else {
                throw SpecificationIssue(
                    path: [ArmKeys.sampleSize.name, "values"],
                    message: "the table ends before generation \(t): give \(generations + 1) values"
                )
            }
            guard value.isFinite, value >= 0.5, value <= 1e12 else {
                throw SpecificationIssue(
                    path: [ArmKeys.sampleSize.name],
                    message: "the sample size of generation \(t) is \(value); it must be 1 to 1e12")
            }
            sizes.append(Int(value.rounded(.toNearestOrEven)))
        }
        if let initial = workflow.initialSize { sizes[0] = initial }
        return sizes
    }

    /// What the fit of generation `t` starts from. Generation 0 has no previous model: it takes the
    /// base where there is one, so that `previous` then means fine-tuning on and on.
    public func startingPoint(of t: Int, hasBase: Bool) -> StartingPoint {
        guard t > 0 else {
            return startFrom == .previous ? (hasBase ? .base : .scratch) : startFrom
        }
        return phase(of: t).startFrom
    }

    /// Whether any generation needs the base model of a setting that has one.
    public var usesBase: Bool {
        stretches.contains { arm in
            arm.startFrom != .scratch || arm.sampleFrom != .previous
                || arm.curation.contains { $0.models.contains(.base) }
        }
    }

    /// Whether a stage of curation starts a program.
    public var startsCommands: Bool { allCuration.contains { $0.command != nil } }

    /// The generations whose models draw the samples of a provenance, newest first; nil where the
    /// base model does.
    public func parents(ofProvenance provenance: Int) -> [Int]? {
        let newest = provenance - 1
        let (sampleFrom, parents) = drawing(in: newest)
        switch sampleFrom {
        case .base: return nil
        case .baseThenPrevious where provenance == 1: return nil
        case .previous, .baseThenPrevious: break
        }
        return (max(0, newest - parents + 1)...newest).reversed()
    }

    /// Which models draw in a generation, and how many of them.
    private func drawing(in t: Int) -> (SampleSource, parents: Int) {
        guard !phases.isEmpty else { return (sampleFrom, parents) }
        let arm = phase(of: t)
        return (arm.sampleFrom, arm.parents)
    }

    /// The most parents that any generation's samples have.
    var mostParents: Int { phases.reduce(parents) { max($0, $1.arm.parents) } }
}
