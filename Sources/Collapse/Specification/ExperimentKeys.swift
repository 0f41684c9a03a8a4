public import Support

/// The keys of a whole experiment.
public enum ExperimentKeys {
    /// The version of the file format, written into every resolved file.
    public static let formatVersion = 1

    private static let armsOnly = HashScope.never(
        because: "arms are hashed one by one, and this says nothing of what one generation computes"
    )

    /// The title of the report, `experiment` by default.
    public static let name = Key(
        "name", .text, default: "experiment", hashed: armsOnly,
        help: "What the report calls the experiment.")
    /// Text for the head of the report, empty by default.
    public static let description = Key(
        "description", .text, default: "", hashed: armsOnly,
        help: "A sentence or two for the head of the report.")
    /// The name of the task setting, as in ``SettingDeclaration/name``.
    public static let setting = Key(
        "setting", .text, hashed: .never(because: "the setting's name and version are hashed"),
        help: "The task setting.")
    /// The last generation, from 0: an experiment has one generation more.
    public static let generations = Key(
        "generations", .integer(0...100_000), hashed: armsOnly,
        help: "The last generation t; generation 0 is the model fitted on real data only.")
    /// The seeds, each not negative; 0 alone by default.
    public static let seeds = Key(
        "seeds", .list(.integer(0...Int.max)), default: [0], hashed: armsOnly,
        help: "The seeds, as a list or as a range `0..4` with both ends included. Each seed "
            + "repeats every arm with its own real sample.")
    /// Whether each arm that lacks a control is given one, `false` by default.
    public static let controls = Key(
        "controls", .boolean, default: false, hashed: armsOnly,
        help: "Whether arms that lack a control are given one: an arm with fresh real data in the "
            + "place of all samples, which arms of equal plans share. What an arm loses is measured "
            + "against it.")
    /// Which models stay on disk, ``CheckpointPolicy/last`` by default.
    public static let checkpoints = Key<CheckpointPolicy>(
        "checkpoints", .choice, default: .last, hashed: armsOnly,
        help: "Which generations keep their models on disk: all, last or none.")
    /// The excess of the headline metric over the control that counts as enough real data, in the
    /// metric's unit.
    public static let tolerance = Key(
        "tolerance", .number(0...1e9), default: 0.05, hashed: armsOnly,
        help:
            "The excess of the headline metric over the control, or over generation 0 where there "
            + "is none, that still counts as enough in a sweep of the real fraction or of a size.")

    /// How arms are judged.
    public static let verdict = Key<VerdictKeys?>(
        "verdict", .optional(.group), default: .some(nil), hashed: armsOnly,
        help: "How `collapselab verdict` and the report judge arms; null for as the setting has it."
    )
    /// Pairs of arms whose difference is asked for; empty for every arm with its control and
    /// neighbours by size.
    public static let compare = Key<[[String]]>(
        "compare", .list(.list(.text)), default: [], hashed: armsOnly,
        help:
            "Pairs of arms whose difference the report tests, as [[first, second], ...]; without any, "
            + "every arm and its control, and arms whose values are neighbours.")

    /// All of them, in the order in which files and schema show them.
    @KeyList public static var all: [KeyDeclaration] {
        name
        description
        setting
        generations
        seeds
        controls
        checkpoints
        tolerance
        verdict
        compare
    }
}

/// Which generations keep their models on disk.
public enum CheckpointPolicy: String, CaseIterable, Sendable {
    /// `none` writes no model at all; `last` keeps the model of the last generation and removes
    /// earlier ones.
    case all, last, none
}
