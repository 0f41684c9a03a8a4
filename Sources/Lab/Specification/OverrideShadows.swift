import Collapse
import Support

/// Finds overrides that no arm listens to.
///
/// `real-fraction=0.2` changes a default; where every arm has its own value, the user meant
/// something else and would not notice.
struct OverrideShadows {
    private struct Candidate {
        var override: SourceDocument.Override
        /// nil for a default of all arms.
        var arm: String?
        /// The key inside the arm.
        var path: [String]
        var isHeard = false
        /// The sweep that hides the override.
        var swept: String?
    }

    private var candidates: [Candidate] = []

    init(document: SourceDocument, armKeys: [KeyDeclaration]) {
        for override in document.overrides {
            let path = override.path
            if armKeys.contains(where: { $0.key == path[0] }) {
                candidates.append(Candidate(override: override, path: path))
            } else if path[0] == StructureKeys.arms, path.count > 2 {
                candidates.append(
                    Candidate(override: override, arm: path[1], path: Array(path[2...])))
            }
        }
    }

    /// Takes note of what an arm of the grid says itself.
    mutating func note(_ arm: String, _ layers: [String: [SourceNode]], _ point: SweepGrid.Point) {
        for index in candidates.indices {
            let candidate = candidates[index]
            guard !candidate.isHeard, candidate.arm ?? arm == arm else { continue }
            let path = candidate.path
            let hides = { (node: SourceNode) in Self.covers(node, path.dropFirst()) }
            if let swept = point.sweptKey(hiding: path, where: hides) {
                candidates[index].swept = swept
            } else if candidate.arm == nil, (layers[path[0]] ?? []).contains(where: hides) {
                continue
            } else {
                candidates[index].isHeard = true
            }
        }
    }

    /// Whether the node leaves nothing to hear of a weaker value at `path` below it.
    private static func covers(_ node: SourceNode, _ path: ArraySlice<String>) -> Bool {
        guard let first = path.first else { return node.entries == nil }
        return node[first].map { covers($0, path.dropFirst()) } ?? false
    }

    func check() throws(SpecificationError) {
        for candidate in candidates where !candidate.isHeard {
            throw SpecificationError(
                .overrideWithoutEffect(swept: candidate.swept), key: candidate.override.path,
                at: candidate.override.location)
        }
    }
}

extension SweepGrid.Point {
    /// The axis whose value hides a weaker value at `path`.
    fileprivate func sweptKey(hiding path: [String], where hides: (SourceNode) -> Bool) -> String? {
        for assignment in assignments where assignment.path[0] == path[0] {
            let node = SourceNode.nesting(
                assignment.value, below: assignment.path[1...], at: [path[0]])
            if hides(node) { return DottedPath.text(assignment.key) }
        }
        return nil
    }
}
