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
    }

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
            guard let value = sampleSize.value(at: t) else {
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
        startFrom == .previous && t == 0 ? (hasBase ? .base : .scratch) : startFrom
    }

    /// Whether any generation needs the base model of a setting that has one.
    public var usesBase: Bool {
        startFrom != .scratch || sampleFrom != .previous
            || curation.contains { $0.models.contains(.base) }
    }

    /// Whether a stage of curation starts a program.
    public var startsCommands: Bool { curation.contains { $0.command != nil } }

    /// The generations whose models draw the samples of a provenance, newest first; nil where the
    /// base model does.
    public func parents(ofProvenance provenance: Int) -> [Int]? {
        switch sampleFrom {
        case .base: return nil
        case .baseThenPrevious where provenance == 1: return nil
        case .previous, .baseThenPrevious: break
        }
        let newest = provenance - 1
        return (max(0, newest - parents + 1)...newest).reversed()
    }

    /// One line for the report.
    public var summary: String {
        var text =
            isControl
            ? "the control of: \(workflow.summary), with fresh real data for all samples"
            : workflow.summary
        if startFrom != .scratch { text += "; fits start from the \(startFrom.rawValue) model" }
        switch sampleFrom {
        case .previous: break
        case .base: text += "; samples of the base model"
        case .baseThenPrevious: text += "; samples of the base model first"
        }
        if parents > 1 { text += "; \(parents) parent models" }
        if !curation.isEmpty { text += "; \(curation.count) curation stages" }
        return text
    }
}
