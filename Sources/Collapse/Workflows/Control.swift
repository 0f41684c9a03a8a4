import Support

/// Puts fresh real data in the place of synthetic data, which makes of an arm's plan that of its
/// control.
///
/// The samples of a provenance are replaced by one and the same draw wherever they occur, as they
/// would be met again themselves.
struct ControlDraws {
    private var draws: [Int: Composition.RealDraw] = [:]

    /// The composition with every synthetic part replaced, and the first example of the real stream
    /// that is unused after it.
    ///
    /// `freshStart` is the first that no earlier generation has used; the composition's own fresh
    /// parts begin there.
    mutating func replacing<Shortage>(
        _ composition: Composition, freshStart: Int,
        end: (Composition.RealDraw) throws(Shortage) -> Int
    ) throws(Shortage) -> (composition: Composition, freshStart: Int) {
        var parts: [Composition.Part] = []
        var next = freshStart
        for part in composition.parts {
            switch part {
            case .real(let draw) where draw.start >= freshStart:
                next = try end(draw)
                parts.append(part)
            case .real, .replayed: parts.append(part)
            case .synthetic(let provenance, let size):
                if let known = draws[provenance], known.size >= size {
                    parts.append(.real(.init(start: known.start, size: size)))
                    continue
                }
                var draw = Composition.RealDraw(start: next, size: size)
                draws[provenance] = draw
                // Fresh data beside fresh data is one draw, so that arms of equal counts have equal
                // controls.
                if !composition.isAddition, case .real(let before)? = parts.last,
                    before.start >= freshStart
                {
                    draw = .init(start: before.start, size: before.size + size)
                    parts.removeLast()
                }
                parts.append(.real(draw))
                next = try end(draw)
            }
        }
        return (composition.replacingParts(parts[...]), next)
    }
}

/// Which arms are the controls of which: an arm's control has its plan with fresh real data in the
/// place of synthetic data, and else the same keys. Arms with equal plans share it.
public struct Controls: Sendable {
    /// What an arm is held against.
    public enum Reference: Hashable, Sendable {
        /// The arm trains on real data only.
        case itself
        /// The position of the arm's control.
        case arm(Int)
        /// No arm is its control.
        case missing
    }

    /// What each arm is held against, in the order of the arms.
    public let references: [Reference]
    /// For each control that is missing the arms that would share it.
    public let missing: [[Int]]

    /// Compares the plans on real data that never ends. An arm without a plan has no reference.
    public init(_ arms: [ArmSpecification], generations: Int) {
        func plan(_ arm: ArmSpecification) -> ChainPlan? {
            try? ChainPlan(arm: arm, generations: generations)
        }
        var isReal = [Bool?](repeating: nil, count: arms.count)
        var realArms: [TrainedData: Int] = [:]
        for (index, arm) in arms.enumerated() {
            guard let plan = plan(arm) else { continue }
            isReal[index] = plan.isReal
            guard plan.isReal else { continue }
            let data = TrainedData(arms[index], plan)
            if realArms[data] == nil { realArms[data] = index }
        }
        var wanted: [TrainedData: Int] = [:]
        var missing: [[Int]] = []
        references = arms.indices.map { index in
            guard let isReal = isReal[index] else { return .missing }
            if isReal { return .itself }
            var arm = arms[index]
            arm.isControl = true
            guard let control = plan(arm) else { return .missing }
            let data = TrainedData(arms[index], control)
            if let found = realArms[data] { return .arm(found) }
            if let known = wanted[data] {
                missing[known].append(index)
            } else {
                wanted[data] = missing.count
                missing.append([index])
            }
            return .missing
        }
        self.missing = missing
    }
}
