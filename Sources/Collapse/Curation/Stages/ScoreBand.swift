public import Support

/// Keeps the synthetic examples whose score lies in a band of quantiles: the lowest share, the
/// highest, or the middle. As perplexity filters do in both directions (Gambetta et al. 2024).
public struct ScoreBand: CurationStage {
    /// The model whose likelihood ranks the examples.
    public var under: CurationModel
    /// The quantiles between which examples are kept, of scores in ascending order; one example at
    /// least.
    public var band: ClosedRange<Double>

    public static let name = "score-band"
    public static let help =
        "Keep the synthetic examples whose scores lie between two quantiles, one at least."
    static let from = Key(
        "from", .number(0...1), default: 0,
        help: "The quantile of the scores at which the band begins; 0 is the lowest score.")
    static let to = Key(
        "to", .number(0...1), default: 1,
        help: "The quantile at which it ends; 1 is the highest score.")

    @KeyList public static var keys: [KeyDeclaration] {
        CurationModel.under
        from
        to
    }

    public init(under: CurationModel, band: ClosedRange<Double>) {
        self.under = under
        self.band = band
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        let (from, to) = (try value[Self.from], try value[Self.to])
        guard from < to else {
            throw SpecificationIssue(
                path: [Self.to.name],
                message: "a band from \(from) to \(to) keeps nothing: to must be above from")
        }
        self.init(under: try value[CurationModel.under], band: from...to)
    }

    public var models: [CurationModel] { [under] }
    public var needs: Set<Capability> { under.needs }
    public var sparesGeneration0: Bool { true }
    public var version: Int { 2 }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        let values = try context.scores(of: data.examples, under: under)
        var isKept = (0..<data.examples.count).map { data.pool.provenance[$0] == 0 }
        // Ties go up in the order of the examples.
        let ranked = isKept.indices.filter { !isKept[$0] }.sorted {
            values[$0] != values[$1] ? values[$0] < values[$1] : $0 < $1
        }
        func rank(_ quantile: Double) -> Int {
            Int((quantile * Double(ranked.count)).rounded(.toNearestOrEven))
        }
        // However narrow the band and few the examples, one of them is in it.
        let first = min(rank(band.lowerBound), max(0, ranked.count - 1))
        let end = min(max(rank(band.upperBound), first + 1), ranked.count)
        for index in ranked[first..<end] { isKept[index] = true }
        return CurationOutcome(data: data.keeping { isKept[$0] })
    }
}
