public import Support

/// The keys of an arm that belong to the lab and not to a setting. Each may also stand at the top
/// level, where it is the default of every arm.
///
/// Stored fits and samples are named by the plan of each generation (draws, sizes, parents,
/// starting point), which is why the keys themselves are in no name: arms that plan the same share
/// the work. Whole chains are named by all keys.
public enum ArmKeys {
    private static let planned = HashScope.never(
        because: "each generation's plan, which the key decides, is hashed")

    /// The name of the arm's workflow, one of ``Workflows/names``.
    public static let workflow = Key(
        "workflow", Shape.word(of: Workflows.names), hashed: planned,
        help: "Which data generation t trains on.")
    /// n_t as a schedule, in the setting's unit of size.
    public static let sampleSize = Key(
        "sample-size", .schedule(1...1e12), hashed: planned,
        help: "n_t, the size of one generation's data, in the setting's unit.")
    /// Whether the arm is the control of what its other keys say, `false` by default.
    public static let control = Key(
        "control", .boolean, default: false, hashed: planned,
        help: "Whether fresh real examples take the place of all synthetic ones, through the same "
            + "pipeline: the arm is then the control of an arm with the same keys. Curation acts on "
            + "samples and leaves it as it is. Where the real data runs out, it ends.")
    /// What fits start from, `scratch` by default.
    public static let startFrom = Key<StartingPoint>(
        "start-from", .choice, default: .scratch, hashed: planned,
        help: "What a fit starts from: scratch, the setting's base model, or the previous "
            + "generation's model.")
    /// Whether an optimizer's state carries over, `restart` by default.
    public static let optimizerState = Key<OptimizerPolicy>(
        "optimizer-state", .choice, default: .restart, hashed: planned,
        help: "Whether the optimizer's state and the learning-rate schedule restart in each "
            + "generation or carry over when a fit starts from the previous model: the moments go on, "
            + "and the rate stays where the schedule ended.")
    /// Which model draws the synthetic data, `previous` by default.
    public static let sampleFrom = Key<SampleSource>(
        "sample-from", .choice, default: .previous, hashed: planned,
        help:
            "Which model draws the synthetic data: the previous generation's, or the setting's "
            + "base model, which then stays the same generator or labeller for ever, or the "
            + "base model for generation 1 and the previous generation's from then on.")
    /// How many of the latest models draw each sample, 1 by default.
    public static let parents = Key(
        "parents", .integer(1...1_000), default: 1, hashed: planned,
        help: "How many of the latest models sample the next synthetic data, in equal parts.")
    /// The stages of curation in their order, none by default.
    public static let curate = Key<[any CurationStage]>(
        "curate", .list(CurationStages.shape), default: [], hashed: planned,
        help: "Filters applied in order to the composed data before the fit.")
    /// The stream of random numbers, 0 by default.
    public static let stream = Key(
        "stream", .integer(0...1_000_000), default: 0, hashed: planned,
        help: "Arms with the same stream share their random numbers and are paired; another "
            + "number makes an arm independent.")

    /// All keys of an arm of a setting, in the order in which files and schema show them.
    public static func all(of setting: SettingDeclaration) -> [KeyDeclaration] {
        common + setting.keys + [PhaseKeys.declaration(for: setting)]
    }

    /// Those that arms of every setting have alike.
    @KeyList public static var common: [KeyDeclaration] {
        workflow
        sampleSize
        Workflows.keys
        control
        startFrom
        optimizerState
        sampleFrom
        parents
        curate
        stream
    }
}

extension Shape where Value == String {
    /// One of the words of a registry.
    static func word(of words: [String]) -> Shape {
        Shape(.choice(words), read: { $0.textValue }, write: { .text($0) })
    }
}

/// What a fit starts from.
public enum StartingPoint: String, CaseIterable, Sendable {
    /// New parameters, the setting's base model, or the model of the generation before; see
    /// ``ArmSpecification/startingPoint(of:hasBase:)`` for generation 0.
    case scratch, base, previous
}

/// Which model draws the synthetic data.
public enum SampleSource: String, CaseIterable, Sendable {
    /// The latest models, as many as ``ArmKeys/parents`` says, or the setting's base model in
    /// every generation.
    case previous, base
    /// The base model draws for generation 1, the previous model from then on.
    case baseThenPrevious = "base-then-previous"
}

/// What happens to the state of an optimizer between generations.
public enum OptimizerPolicy: String, CaseIterable, Sendable {
    /// Each fit begins with a new optimizer state and at the start of the learning-rate schedule.
    case restart
    /// Moments continue from the previous fit; the learning rate stays at the schedule's end.
    case carryOver = "carry-over"
}
