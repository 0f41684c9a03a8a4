/// Drops every example whose content equals an earlier one's, real or synthetic.
package struct ExactDuplicates: CurationStage {
    package static let name = "exact-duplicates"
    package static let help = "Drop repeated examples, keeping the first."
    package static let keys: [KeyDeclaration] = []

    package init() {}
    package init(_ value: SpecificationValue) throws(SpecificationIssue) {}

    package var canonicalText: String { "exactDuplicates" }
    package var judgesSyntheticOnly: Bool { false }

    package func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) -> CurationOutcome<Setting.Examples> {
        // A set of contents is only asked, never iterated, so its order reaches no result.
        var seen: Set<[UInt8]> = []
        return CurationOutcome(
            data: data.keeping { seen.insert(data.examples.contentKey(at: $0)).inserted })
    }
}
