public import Support

/// Drops every example whose content equals an earlier one's, real or synthetic.
public struct ExactDuplicates: CurationStage {
    public static let name = "exact-duplicates"
    public static let help = "Drop repeated examples, keeping the first."
    @KeyList public static var keys: [KeyDeclaration] {}

    public init() {}
    public init(_ value: SpecificationValue) throws(SpecificationIssue) {}

    public var sparesGeneration0: Bool { false }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) -> CurationOutcome<Setting.Examples> {
        // A set of contents is only asked, never iterated, so its order reaches no result.
        var seen: Set<[UInt8]> = []
        return CurationOutcome(
            data: data.keeping { seen.insert(data.examples.contentKey(at: $0)).inserted })
    }
}
