public import Support

/// What each generation of a chain trains on, known before anything is fitted.
public struct ChainPlan: Sendable {
    public var arm: ArmSpecification
    /// n_0 ... n_generations, and one more for the samples that the last model draws.
    public var sampleSizes: [Int]
    /// The composition of each generation from 0.
    public var compositions: [Composition]

    /// Whether a later generation trains on generation 0's real sample again, or draws conditioned on it.
    let meetsInitialDrawAgain: Bool

    public var generations: Int { compositions.count - 1 }

    /// Plans all generations of an arm on a seed's real stream.
    ///
    /// - Throws: ``SpecificationIssue`` where a schedule leaves its range, the real pool runs dry, or a
    ///   replayed part is larger than the real sample.
    public init<Setting: TaskSetting>(
        arm: ArmSpecification, generations: Int, stream: RealStream<Setting>
    ) throws(SpecificationIssue) {
        self.arm = arm
        meetsInitialDrawAgain = arm.workflow.meetsInitialDrawAgain || stream.setting.isConditioned
        var sizes = try arm.sampleSizes(generations: generations)
        try arm.checkRealFraction(generations: generations)
        // The last model draws too, for the metrics of its samples; a table need not reach there.
        let after = arm.sampleSize.wholeNumber(at: generations + 1) ?? sizes[generations]
        sizes.append(max(1, after))
        sampleSizes = sizes

        let initial = Composition.RealDraw(start: 0, size: sizes[0])
        var freshStart = try ChainPlan.end(of: initial, in: stream, generation: 0)
        compositions = [Composition(parts: [.real(initial)])]
        guard generations > 0 else { return }
        for t in 1...generations {
            let context = CompositionContext(
                sampleSizes: sizes, initialDraw: initial, freshStart: freshStart)
            let composition = arm.workflow.composition(at: t, in: context)
            for part in composition.parts {
                switch part {
                case .real(let draw) where draw.start >= freshStart:
                    freshStart = try ChainPlan.end(of: draw, in: stream, generation: t)
                case .replayed(_, let size) where size > initial.size:
                    throw ChainPlan.tooMuchReplayed(size, of: initial, generation: t)
                case .real(let draw) where draw.size > initial.size:
                    throw ChainPlan.tooMuchReplayed(draw.size, of: initial, generation: t)
                default: break
                }
            }
            compositions.append(composition)
        }
    }

    private static func tooMuchReplayed(
        _ size: Int, of initial: Composition.RealDraw, generation: Int
    ) -> SpecificationIssue {
        SpecificationIssue(
            path: ["real-fraction"],
            message:
                "generation \(generation) replays \(size) of real data but generation 0 drew only "
                + "\(initial.size): lower real-fraction or sample-size, or use real-data: fresh")
    }

    private static func end<Setting: TaskSetting>(
        of draw: Composition.RealDraw, in stream: RealStream<Setting>, generation: Int
    ) throws(SpecificationIssue) -> Int {
        do {
            return try stream.end(of: draw)
        } catch {
            throw SpecificationIssue(
                path: ["sample-size"],
                message: "the real pool runs dry at generation \(generation): it has "
                    + "\(error.available) examples and \(error.missing) more are needed; lower "
                    + "sample-size, real-fraction or generations, or use a larger corpus")
        }
    }
}
