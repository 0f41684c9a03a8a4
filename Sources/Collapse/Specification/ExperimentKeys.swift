public import Support

/// The keys of an experiment file that belong to the lab and not to a setting.
public enum ExperimentKeys {
    /// The version of the file format, written into every resolved file.
    public static let formatVersion = 1

    /// Keys of the whole experiment.
    public static let experiment: [KeyDeclaration] = [
        KeyDeclaration(
            "name", .text, default: .text("experiment"),
            help: "What the report calls the experiment."),
        KeyDeclaration(
            "description", .text, default: .text(""),
            help: "A sentence or two for the head of the report."),
        KeyDeclaration("setting", .text, default: nil, help: "The task setting."),
        KeyDeclaration(
            "generations", .integer(0...100_000), default: nil,
            help: "The last generation t; generation 0 is the model fitted on real data only."),
        KeyDeclaration(
            "seeds", .list(.integer(0...Int.max)), default: .list([.integer(0)]),
            help: "The seeds, as a list or as a range `0..4` with both ends included. Each seed "
                + "repeats every arm with its own real sample."),
        KeyDeclaration(
            "checkpoints", .choice(CheckpointPolicy.allCases.map(\.rawValue)),
            default: .text("last"),
            help: "Which generations keep their models on disk: all, last or none."),
        KeyDeclaration(
            "tolerance", .number(0...1e9), default: .number(0.05),
            help: "The excess of the headline metric over generation 0 that still counts as enough "
                + "real data in a sweep of the real fraction."),
    ]

    /// Keys of an arm. Each may also stand at the top level, where it is the default of every arm.
    public static let arm: [KeyDeclaration] = [
        KeyDeclaration(
            "workflow", .choice(WorkflowKind.allCases.map(\.rawValue)), default: nil,
            help: "Which data generation t trains on."),
        KeyDeclaration(
            "sample-size", Schedule.type(.number(1...1e12)), default: nil,
            help: "n_t, the size of one generation's data, in the setting's unit."),
        KeyDeclaration(
            "real-fraction", .optional(Schedule.type(.number(0...1))), default: .null,
            help: "alpha_t, the share of real data in a mixture, for t >= 1."),
        KeyDeclaration(
            "real-data", .optional(.choice(RealDataPolicy.allCases.map(\.rawValue))),
            default: .null,
            help: "Whether the real part of a mixture is fresh (new draws in each generation), "
                + "replayed (examples of generation 0, chosen anew) or kept (the first examples of "
                + "generation 0, always the same). The limits differ, so a mixture must say."),
        KeyDeclaration(
            "start-from", .choice(StartingPoint.allCases.map(\.rawValue)),
            default: .text("scratch"),
            help: "What a fit starts from: scratch, the setting's base model, or the previous "
                + "generation's model."),
        KeyDeclaration(
            "optimizer-state", .choice(OptimizerPolicy.allCases.map(\.rawValue)),
            default: .text("restart"),
            help: "Whether the optimizer's state and the learning-rate schedule restart in each "
                + "generation or carry over when a fit starts from the previous model: the moments go on, "
                + "and the rate stays where the schedule ended."),
        KeyDeclaration(
            "sample-from", .choice(SampleSource.allCases.map(\.rawValue)),
            default: .text("previous"),
            help:
                "Which model draws the synthetic data: the previous generation's, or the setting's "
                + "base model, which then stays the same generator or labeller for ever, or the "
                + "base model for generation 1 and the previous generation's from then on."),
        KeyDeclaration(
            "parents", .integer(1...1_000), default: .integer(1),
            help: "How many of the latest models sample the next synthetic data, in equal parts."),
        KeyDeclaration(
            "curate", .list(.tagged(CurationStages.group)), default: .list([]),
            help: "Filters applied in order to the composed data before the fit."),
        KeyDeclaration(
            "stream", .integer(0...1_000_000), default: .integer(0),
            help: "Arms with the same stream share their random numbers and are paired; another "
                + "number makes an arm independent."),
    ]
}

/// Which generations keep their models on disk.
public enum CheckpointPolicy: String, CaseIterable, Sendable {
    case all, last, none
}

/// What a fit starts from.
public enum StartingPoint: String, CaseIterable, Sendable {
    case scratch, base, previous
}

/// Which model draws the synthetic data.
public enum SampleSource: String, CaseIterable, Sendable {
    case previous, base
    /// The base model draws for generation 1, the previous model from then on.
    case baseThenPrevious = "base-then-previous"
}

/// What happens to the state of an optimizer between generations.
public enum OptimizerPolicy: String, CaseIterable, Sendable {
    case restart
    case carryOver = "carry-over"
}

/// How the real part of a mixture is drawn.
public enum RealDataPolicy: String, CaseIterable, Sendable {
    /// New draws in each generation.
    case fresh
    /// A random part of generation 0's, drawn anew in each generation.
    case replayed
    /// The first part of generation 0's, the same in each generation.
    case kept
}

/// The published ways to use data (Kazdan et al. 2024's names).
public enum WorkflowKind: String, CaseIterable, Sendable {
    case replace, accumulate
    case accumulateSubsample = "accumulate-subsample"
    case mixture
}
