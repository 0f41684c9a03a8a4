import Collapse

/// The arms that the page names one by one: all of a few, and of many those that tell most of them.
package struct ArmSelection: Sendable {
    /// Up to this many arms each is named.
    static let mostArms = 40
    /// How many are named of more.
    static let count = 20

    /// Positions among the experiment's arms, ascending.
    package let arms: [Int]
    /// Whether there are others.
    package let isPartial: Bool

    /// - Parameters:
    ///   - means: The headline metric of each arm at the last generation; nil where it was not
    ///     measured.
    ///   - pinned: Arms to be named whatever their means are, such as the ends of a sweep; at most
    ///     half of the places are theirs.
    package init(means: [Double?], pinned: [Int]) {
        guard means.count > Self.mostArms else {
            arms = Array(means.indices)
            isPartial = false
            return
        }
        var chosen = Set(Self.spread(pinned, Self.count / 2))
        // Undefined means and arms without any come after the order, in the experiment's.
        let ordered = means.indices.filter { means[$0]?.isNaN == false }
            .sorted { (means[$0] ?? 0, $0) < (means[$1] ?? 0, $1) }
        let rest = means.indices.filter { means[$0]?.isNaN != false }
        if let lowest = ordered.first, let highest = ordered.last {
            chosen.formUnion([lowest, highest])
        }
        let free = ordered.filter { !chosen.contains($0) }
        chosen.formUnion(Self.spread(free, Self.count - chosen.count))
        chosen.formUnion(rest.filter { !chosen.contains($0) }.prefix(Self.count - chosen.count))
        arms = chosen.sorted()
        isPartial = true
    }

    /// So many elements at even distances, the first and the last among them where there are two.
    static func spread<Element>(_ elements: [Element], _ count: Int) -> [Element] {
        guard elements.count > count else { return elements }
        guard count > 1 else { return Array(elements.prefix(max(0, count))) }
        return (0..<count).map { elements[$0 * (elements.count - 1) / (count - 1)] }
    }
}
