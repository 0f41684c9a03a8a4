import Collapse
import Support

/// Whether results of two runs mean the same.
package enum RunUnits {
    /// The key in which two arms differ and that decides what a unit of size is, such as the tokenizer;
    /// nil where there is none.
    package static func difference(
        _ first: ResolvedExperiment, _ firstArm: String, _ second: ResolvedExperiment,
        _ secondArm: String
    ) -> SpecificationDifference? {
        guard let left = first.arms.first(where: { $0.name == firstArm }),
            let right = second.arms.first(where: { $0.name == secondArm })
        else { return nil }
        for key in first.setting.unitKeys {
            let (a, b) = (left.values[key], right.values[key])
            if a?.canonicalText != b?.canonicalText {
                return SpecificationDifference(
                    key: key, existing: a?.canonicalText ?? "null",
                    requested: b?.canonicalText ?? "null")
            }
        }
        return nil
    }

    /// The real data in which two runs differ, in a sentence; nil where both read the same.
    package static func otherData(
        _ first: ResolvedExperiment, _ second: ResolvedExperiment
    ) -> String? {
        let (left, right) = (
            first.provenance?.sources ?? [], second.provenance?.sources ?? []
        )
        guard Set(left.map(\.sha256)) != Set(right.map(\.sha256)) else { return nil }
        func names(_ sources: [DataSource]) -> String {
            sources.isEmpty
                ? "none"
                : sources.map { "\($0.name) (SHA-256 \($0.sha256.prefix(12)))" }.joined(
                    separator: ", ")
        }
        return "the runs read other real data: \(names(left)), and \(names(right))"
    }
}
