import Collapse

/// Generations that are not recorded although later ones of the same chain are: a run records them
/// in order, so that somebody removed them.
struct RecordGaps {
    private var chain: (arm: String, seeds: [UInt64])?
    private var missing = 0
    private var lost = 0

    /// To be called with every block, chain by chain and in the order of generations.
    mutating func note(_ block: RecordBlock, isThere: Bool) {
        if chain?.arm != block.arm || chain?.seeds != block.seeds {
            chain = (block.arm, block.seeds)
            missing = 0
        }
        guard isThere else {
            missing += 1
            return
        }
        lost += missing
        missing = 0
    }

    /// What a report says of them; empty where there are none.
    var sentences: [String] {
        guard lost > 0 else { return [] }
        let what = lost == 1 ? "1 generation is" : "\(lost) generations are"
        return [
            "\(what) missing although later ones are recorded: the directory lost records, and "
                + "this report leaves them out. The command that made the run, given again, "
                + "computes them anew."
        ]
    }
}
