public import Support

/// What each generation of a chain trains on, known before anything is fitted.
///
/// It is a pure function of the arm and of how the real data is cut. What the loop keeps in memory,
/// what is hashed and what theory predicts are read from it and not from the workflow.
public struct ChainPlan: Sendable {
    /// The arm that is planned.
    public let arm: ArmSpecification
    /// n_0 ... n_generations, and one more for the samples that the last model draws.
    public let sampleSizes: [Int]
    /// The composition of each generation from 0.
    public let compositions: [Composition]

    /// How many examples of the real stream generations up to each have used.
    public let realCounts: [Int]
    /// Whether no generation trains on synthetic data.
    public let isReal: Bool
    /// The first generation of a control that there is no real data left for; nil where all have
    /// theirs. From there on compositions are empty, and nothing is measured.
    public let exhausted: Int?

    /// Whether a later generation trains on generation 0's real sample again.
    let meetsInitialDrawAgain: Bool
    /// Whether each generation's data are those of the one before and more.
    public let onlyGrows: Bool
    /// The parts of generation 0 and of those that add to it without a break, and for each
    /// generation how many of them it has; nil where its parts are others.
    private let history: [Composition.Part]
    private let historyCounts: [Int?]
    /// The last generation that trains on the samples of each provenance; nil where none does.
    private let lastUses: [Int?]
    /// The provenances whose samples no generation after this one needs.
    private let released: [[Int]]

    /// The last generation; there are `generations + 1`, from 0.
    public var generations: Int { compositions.count - 1 }

    /// Plans all generations of an arm on a seed's real stream.
    ///
    /// - Throws: `SpecificationIssue` where a schedule leaves its range, the real pool runs dry, or
    ///   a replayed part is larger than the real sample.
    public init<Setting: TaskSetting>(
        arm: ArmSpecification, generations: Int, stream: RealStream<Setting>
    ) throws(SpecificationIssue) {
        try self.init(arm: arm, generations: generations) {
            draw throws(RealPoolShortage) in try stream.end(of: draw)
        }
    }

    /// Plans all generations of an arm on real data that never ends and has examples of size 1, as
    /// theory assumes.
    ///
    /// - Throws: `SpecificationIssue` where a schedule leaves its range, or a replayed part is
    ///   larger than the real sample.
    public init(arm: ArmSpecification, generations: Int) throws(SpecificationIssue) {
        try self.init(arm: arm, generations: generations) { draw in draw.start + draw.size }
    }

    /// Where it `advises` an error says what would do, which takes further plans.
    private init(
        arm: ArmSpecification, generations: Int, advises: Bool = true,
        end: (Composition.RealDraw) throws(RealPoolShortage) -> Int
    ) throws(SpecificationIssue) {
        var sizes = try arm.sampleSizes(generations: generations)
        // The last model draws too, for the metrics of its samples; a table need not reach there.
        let after =
            arm.phase(of: generations + 1).sampleSize.wholeNumber(at: generations + 1)
            ?? sizes[generations]
        sizes.append(max(1, after))

        let initial = Composition.RealDraw(start: 0, size: sizes[0])
        func needed(
            _ draw: Composition.RealDraw, in t: Int
        ) throws(SpecificationIssue) -> Int {
            do {
                return try end(draw)
            } catch {
                throw ChainPlan.tooLittle(
                    error, generation: t,
                    fitting: advises
                        ? ChainPlan.fittingSize(of: arm, generations: generations, end: end) : nil)
            }
        }
        var freshStart = try needed(initial, in: 0)
        var realCounts = [freshStart]
        var controlDraws = ControlDraws()
        var exhausted: Int?
        var compositions = [Composition(parts: [.real(initial)])]
        // The parts of generations that add to those before them are kept once for all.
        var history = Array(compositions[0].parts)
        var historyCounts: [Int?] = [1]
        for t in stride(from: 1, through: generations, by: 1) {
            let context = CompositionContext(
                sampleSizes: sizes, initialDraw: initial, freshStart: freshStart,
                generations: generations)
            var composition = try arm.phase(of: t).workflow.composition(at: t, in: context)
            // Where another workflow came before, all so far has yet to be listed.
            if composition.isAddition, history.count < t {
                let missing = (history.count..<t).map {
                    Composition.Part.synthetic(generation: $0, size: sizes[$0])
                }
                composition = composition.replacingParts(missing + composition.parts)
            }
            var next = freshStart
            for part in composition.parts {
                switch part {
                case .real(let draw) where draw.start >= freshStart:
                    if !arm.isControl { next = try needed(draw, in: t) }
                case .replayed(_, let size) where size > initial.size:
                    throw ChainPlan.tooMuchReplayed(size, of: initial, generation: t)
                case .real(let draw) where draw.size > initial.size:
                    throw ChainPlan.tooMuchReplayed(draw.size, of: initial, generation: t)
                default: break
                }
            }
            freshStart = next
            if arm.isControl {
                do {
                    (composition, freshStart) = try controlDraws.replacing(
                        composition, freshStart: freshStart, end: end)
                } catch {
                    exhausted = t
                    let rest = generations - t + 1
                    compositions += Array(repeating: Composition(parts: []), count: rest)
                    historyCounts += Array(repeating: nil, count: rest)
                    break
                }
            }
            if composition.isAddition {
                history += composition.parts
                historyCounts.append(history.count)
            } else {
                historyCounts.append(nil)
            }
            compositions.append(composition)
            realCounts.append(freshStart)
        }
        let unused = compositions.count - realCounts.count
        self.realCounts = realCounts + Array(repeating: freshStart, count: unused)
        for (t, count) in historyCounts.enumerated() {
            if let count { compositions[t] = compositions[t].with(history[..<count]) }
        }
        self.arm = arm
        // A model draws as much as any generation takes of its samples.
        for part in compositions.enumerated().filter({ historyCounts[$0.offset] == nil })
            .flatMap(\.element.parts)
        {
            guard case .synthetic(let provenance, let size) = part else { continue }
            sizes[provenance] = max(sizes[provenance], size)
        }
        sampleSizes = sizes
        self.compositions = compositions
        self.history = history
        self.historyCounts = historyCounts
        self.exhausted = exhausted

        meetsInitialDrawAgain =
            historyCounts.dropFirst().contains { $0 != nil }
            || compositions.dropFirst().contains { composition in
                composition.parts.contains { part in
                    switch part {
                    case .replayed: true
                    // A smaller draw from the start is cut again; the same draw is met again.
                    case .real(let draw): draw == initial
                    case .synthetic: false
                    }
                }
            }
        onlyGrows = zip(historyCounts, compositions).allSatisfy { count, composition in
            count != nil && composition.subsample == nil
        }
        lastUses = ChainPlan.lastUses(
            count: sizes.count, compositions, history: history, historyCounts: historyCounts)
        isReal = lastUses.allSatisfy { $0 == nil }
        var released = Array(repeating: [Int](), count: sizes.count)
        for provenance in lastUses.indices.dropFirst() {
            released[max(lastUses[provenance] ?? 0, provenance)].append(provenance)
        }
        self.released = released
    }

    /// Refuses weights of 0 for all that a generation trains on.
    ///
    /// - Throws: `SpecificationIssue` at the stage's key.
    public func checkWeights() throws(SpecificationIssue) {
        let zeros = arm.placedCuration.flatMap(ZeroWeight.all)
        for stretch in Set(zeros.map(\.stretch)).sorted() {
            let real = zeros.last { $0.stretch == stretch && $0.isOfReal }
            let synthetic = zeros.last { $0.stretch == stretch && !$0.isOfReal }
            for t in compositions.indices where arm.stretch(of: t) == stretch && hasData(t) {
                if let real, Self.isReal(compositions[t]) {
                    throw Self.weightless(t, "trains on real data only", path: real.path)
                }
                if let synthetic, Self.isSynthetic(compositions[t]) {
                    throw Self.weightless(t, "trains on synthetic data only", path: synthetic.path)
                }
                if real != nil, let synthetic {
                    throw Self.weightless(
                        t, "gives its real data no weight either", path: synthetic.path)
                }
            }
        }
    }

    /// Refuses data that a stage of curation has nothing to work with on.
    ///
    /// - Throws: `SpecificationIssue` at the stage or its key.
    public func checkCuration() throws(SpecificationIssue) {
        for (stage, _, path) in arm.placedCuration {
            do {
                try stage.check(self)
            } catch {
                throw error.within(path)
            }
        }
    }

    private static func weightless(
        _ t: Int, _ reason: String, path: [String]
    ) -> SpecificationIssue {
        SpecificationIssue(
            path: path,
            message: "generation \(t) \(reason), so that a weight of 0 leaves nothing of it: use a "
                + "small positive weight")
    }

    /// Refuses samples as data where a setting's models draw none.
    ///
    /// - Throws: `SpecificationIssue` at the key that asks for samples.
    public func checkSamples<Setting: TaskSetting>(
        of capabilities: Capabilities<Setting>
    ) throws(SpecificationIssue) {
        guard !capabilities.drawsSamples else { return }
        guard arm.mostParents == 1 else {
            throw SpecificationIssue(
                path: [ArmKeys.parents.name],
                message: "parents draw samples, and models of the setting "
                    + "\(Setting.declaration.name) draw none: leave it at 1")
        }
        guard !isReal else { return }
        let t =
            compositions.firstIndex { composition in
                composition.parts.contains { if case .synthetic = $0 { true } else { false } }
            } ?? 1
        let isMixture = arm.phase(of: t).workflow is Mixture
        throw SpecificationIssue(
            path: arm.path(of: t)
                + [isMixture ? Mixture.realFraction.name : ArmKeys.workflow.name],
            message: "generation \(t) would train on samples, and models of the setting "
                + "\(Setting.declaration.name) draw none: use workflow: mixture with "
                + "real-fraction: 1 and real-data: kept or replayed (the same real data in every "
                + "generation) or fresh")
    }

    /// Whether a generation has real data and nothing else.
    private static func isReal(_ composition: Composition) -> Bool {
        !composition.parts.isEmpty
            && composition.parts.allSatisfy { if case .synthetic = $0 { false } else { true } }
    }

    /// Whether all data of a generation is synthetic, whatever is drawn of it.
    private static func isSynthetic(_ composition: Composition) -> Bool {
        composition.subsample == nil
            && composition.parts.allSatisfy { part in
                switch part {
                case .synthetic: true
                case .real(let draw): draw.size == 0
                case .replayed(_, let size): size == 0
                }
            }
    }

    /// Whether a generation has the parts of all so far, in the order in which they came.
    func sharesHistory(_ t: Int) -> Bool { historyCounts[t] != nil }

    /// The last generation that trains on the samples of each provenance.
    private static func lastUses(
        count: Int, _ compositions: [Composition], history: [Composition.Part],
        historyCounts: [Int?]
    ) -> [Int?] {
        var uses = [Int?](repeating: nil, count: count)
        func note(_ part: Composition.Part, in t: Int) {
            guard case .synthetic(let provenance, _) = part else { return }
            uses[provenance] = max(uses[provenance] ?? t, t)
        }
        for (t, composition) in compositions.enumerated() where historyCounts[t] == nil {
            for part in composition.parts { note(part, in: t) }
        }
        // The last generation that has a part of the history has all parts before it, too.
        var noted = 0
        for t in compositions.indices.reversed() {
            guard let count = historyCounts[t], count > noted else { continue }
            for part in history[noted..<count] { note(part, in: t) }
            noted = count
        }
        return uses
    }

    /// Whether each generation has generation 0's real sample and all samples up to its own.
    var holdsAllSoFar: Bool {
        let isWhole = history.enumerated().allSatisfy { provenance, part in
            switch part {
            case .real(let draw): provenance == 0 && draw.size == sampleSizes[0]
            case .synthetic(let generation, let size):
                generation == provenance && size == sampleSizes[generation]
            case .replayed: false
            }
        }
        return isWhole && historyCounts.enumerated().allSatisfy { $1 == $0 + 1 }
    }

    /// Whether a generation has data: only those of a control that is ``exhausted`` have none.
    public func hasData(_ t: Int) -> Bool { exhausted.map { t < $0 } ?? true }

    /// A hash of the data of every generation, which within a process stands for it: two plans with
    /// different data meet in its 128 bits with a probability that nothing else here comes near.
    var dataHash: [Int] {
        (0..<2).map { salt in
            var hasher = Hasher()
            hasher.combine(salt)
            hasher.combine(sampleSizes)
            hasher.combine(history)
            hasher.combine(historyCounts)
            for (t, composition) in compositions.enumerated() {
                hasher.combine(composition.subsample)
                if historyCounts[t] == nil { hasher.combine(composition.parts) }
            }
            return hasher.finalize()
        }
    }

    /// Whether a generation trains on the samples of a provenance.
    func usesSamples(withProvenance provenance: Int) -> Bool {
        lastUses[provenance] != nil
    }

    /// The provenances whose samples no generation after `t` needs.
    func lastUsed(in t: Int) -> [Int] { released[t] }

    private static func tooMuchReplayed(
        _ size: Int, of initial: Composition.RealDraw, generation: Int
    ) -> SpecificationIssue {
        SpecificationIssue(
            path: [Mixture.realFraction.name],
            message:
                "generation \(generation) replays \(size) of real data but generation 0 drew only "
                + "\(initial.size): lower real-fraction or sample-size, or use real-data: fresh")
    }

    private static func tooLittle(
        _ shortage: RealPoolShortage, generation: Int, fitting: Int?
    ) -> SpecificationIssue {
        SpecificationIssue(
            path: [ArmKeys.sampleSize.name],
            message: "the real pool runs dry at generation \(generation): it has "
                + "\(shortage.available) examples and \(shortage.missing) more are needed; lower "
                + "sample-size\(fitting.map { " to \($0), which would fit" } ?? ""), real-fraction or "
                + "generations, or use a larger corpus")
    }

    /// A constant sample size that the pool is large enough for, nearly the largest: two significant
    /// digits of it, which the pools of other seeds, cut elsewhere, have too. Nil where there is none.
    private static func fittingSize(
        of arm: ArmSpecification, generations: Int,
        end: (Composition.RealDraw) throws(RealPoolShortage) -> Int
    ) -> Int? {
        guard case .constant(let size) = arm.sampleSize, arm.phases.isEmpty else { return nil }
        func fits(_ size: Int) -> Bool {
            var smaller = arm
            smaller.sampleSize = .constant(Double(size))
            return
                (try? ChainPlan(
                    arm: smaller, generations: generations, advises: false, end: end)) != nil
        }
        var (low, high) = (0, Int(size))
        while high - low > max(1, low / 200) {
            let middle = low + (high - low) / 2
            if fits(middle) { low = middle } else { high = middle }
        }
        var unit = 1
        while low / unit >= 100 { unit *= 10 }
        let rounded = low / unit * unit
        return rounded > 0 && fits(rounded) ? rounded : nil
    }
}

/// A weight of 0 that a stage gives to all real or to all synthetic examples.
private struct ZeroWeight {
    let stretch: Int
    let isOfReal: Bool
    /// The keys that lead to it.
    let path: [String]

    /// Those of a stage, or of the stage whose random control it is: dealt anew, a weight stays among
    /// examples of equal provenance.
    static func all(
        _ placed: (stage: any CurationStage, stretch: Int, path: [String])
    ) -> [ZeroWeight] {
        let control = placed.stage as? RandomLike
        guard let weight = (control?.stage ?? placed.stage) as? Weight else { return [] }
        let path = placed.path + (control == nil ? [] : [RandomLike.like.name])
        return [
            (weight.real, true, Weight.realWeight.name),
            (weight.synthetic, false, Weight.syntheticWeight.name),
        ].filter { $0.0 == 0 }.map {
            ZeroWeight(stretch: placed.stretch, isOfReal: $0.1, path: path + [$0.2])
        }
    }
}
