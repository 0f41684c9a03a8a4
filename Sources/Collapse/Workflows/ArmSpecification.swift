public import Support

/// One way of using data: what an arm's keys say, checked and typed.
public struct ArmSpecification: Sendable {
    public var name: String
    public var workflow: any Workflow
    public var sampleSize: Schedule
    public var startFrom: StartingPoint
    public var optimizer: OptimizerPolicy
    public var parents: Int
    public var sampleFrom: SampleSource
    public var curation: [any CurationStage]
    public var stream: UInt32
    /// All resolved keys of the arm, those of the setting included.
    public var values: SpecificationValue

    /// Reads the resolved keys of an arm.
    ///
    /// - Throws: ``SpecificationIssue`` where keys that are right one by one contradict each other.
    public init(name: String, values: SpecificationValue) throws(SpecificationIssue) {
        self.name = name
        self.values = values
        sampleSize = try ArmSpecification.schedule("sample-size", values.required("sample-size"))
        workflow = try ArmSpecification.workflow(values)
        startFrom =
            StartingPoint(rawValue: values.required("start-from").textValue) ?? .scratch
        optimizer =
            OptimizerPolicy(rawValue: values.required("optimizer-state").textValue) ?? .restart
        parents = values.required("parents").integerValue
        sampleFrom =
            SampleSource(rawValue: values.required("sample-from").textValue) ?? .previous
        stream = UInt32(values.required("stream").integerValue)
        curation = []
        for (index, stage) in values.required("curate").listValue.enumerated() {
            do {
                curation.append(try CurationStages.stage(stage))
            } catch {
                throw error.within(["curate", String(index)])
            }
        }
        if sampleFrom != .previous && parents > 1 {
            throw SpecificationIssue(
                path: ["parents"],
                message: "the base model is the only parent with sample-from: "
                    + "\(sampleFrom.rawValue): remove parents")
        }
        if optimizer == .carryOver && startFrom != .previous {
            throw SpecificationIssue(
                path: ["optimizer-state"],
                message:
                    "an optimizer can carry over only when a fit starts from the previous model: "
                    + "set start-from: previous")
        }
    }

    private static func schedule(
        _ key: String, _ value: SpecificationValue
    ) throws(SpecificationIssue) -> Schedule {
        do {
            return try Schedule(value)
        } catch {
            throw error.within([key])
        }
    }

    private static func workflow(
        _ values: SpecificationValue
    ) throws(SpecificationIssue) -> any Workflow {
        let kind = WorkflowKind(rawValue: values.required("workflow").textValue)
        let fraction = values.required("real-fraction")
        let policy = values.required("real-data")
        guard kind == .mixture else {
            for (key, value) in [("real-fraction", fraction), ("real-data", policy)]
            where !value.isNull {
                throw SpecificationIssue(
                    path: [key],
                    message: "\(key) belongs to the workflow mixture, not to "
                        + "\(kind?.rawValue ?? "this one"): remove it or change the workflow")
            }
            switch kind {
            case .accumulate: return Accumulate()
            case .accumulateSubsample: return AccumulateSubsample()
            default: return Replace()
            }
        }
        guard !fraction.isNull else {
            throw SpecificationIssue(
                path: ["real-fraction"],
                message: "a mixture needs real-fraction, the share of real data (0 to 1)")
        }
        guard !policy.isNull, let realData = RealDataPolicy(rawValue: policy.textValue) else {
            throw SpecificationIssue(
                path: ["real-data"],
                message:
                    "a mixture must say whether its real data is fresh, replayed or kept: the limits "
                    + "differ")
        }
        return Mixture(realFraction: try schedule("real-fraction", fraction), realData: realData)
    }

    /// n_0 ... n_generations.
    ///
    /// - Throws: ``SpecificationIssue`` where a schedule is undefined or leaves its range.
    public func sampleSizes(generations: Int) throws(SpecificationIssue) -> [Int] {
        var sizes: [Int] = []
        for t in 0...generations {
            guard let value = sampleSize.value(at: t) else {
                throw SpecificationIssue(
                    path: ["sample-size", "values"],
                    message: "the table ends before generation \(t): give \(generations + 1) values"
                )
            }
            guard value.isFinite, value >= 0.5, value <= 1e12 else {
                throw SpecificationIssue(
                    path: ["sample-size"],
                    message: "the sample size of generation \(t) is \(value); it must be 1 to 1e12")
            }
            sizes.append(Int(value.rounded(.toNearestOrEven)))
        }
        return sizes
    }

    /// Checks the schedule of the real fraction over all generations.
    public func checkRealFraction(generations: Int) throws(SpecificationIssue) {
        guard let mixture = workflow as? Mixture, generations > 0 else { return }
        for t in 1...generations {
            guard let value = mixture.realFraction.value(at: t) else {
                throw SpecificationIssue(
                    path: ["real-fraction", "values"],
                    message: "the table ends before generation \(t): give \(generations + 1) values"
                )
            }
            guard value >= 0, value <= 1 else {
                throw SpecificationIssue(
                    path: ["real-fraction"],
                    message: "the real fraction of generation \(t) is \(value), outside 0 to 1")
            }
        }
    }

    /// What the fit of generation `t` starts from. Generation 0 has no previous model: it takes the base where there is
    /// one, so that `previous` then means fine-tuning on and on.
    public func startingPoint(of t: Int, hasBase: Bool) -> StartingPoint {
        startFrom == .previous && t == 0 ? (hasBase ? .base : .scratch) : startFrom
    }

    /// The generations whose models draw the samples of a provenance, newest first; nil where the base model does.
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
        var text = workflow.summary
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
