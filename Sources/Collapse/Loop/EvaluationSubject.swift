/// What an evaluation looks at. The parts are fetched when asked for.
public struct EvaluationSubject<Setting: TaskSetting> {
    /// The generation t, from 0; -1 for the base model.
    public var generation: Int
    /// How many examples of the real stream this generation and earlier ones have used.
    public var realCount: Int
    /// This generation's model.
    public var model: () throws -> Setting.Model
    /// What this generation's model drew.
    public var samples: () throws -> Setting.Examples
    /// Generation 0's model, which saw real data only.
    public var reference: () throws -> Setting.Model
    /// The model of the generation before, whose samples this one may have met; nil for generation
    /// 0.
    public var previous: () throws -> Setting.Model?
    /// The base model, where the arm has one; it throws where there is none.
    public var base: () throws -> Setting.Model

    public init(
        generation: Int, realCount: Int, model: @escaping () throws -> Setting.Model,
        samples: @escaping () throws -> Setting.Examples,
        reference: @escaping () throws -> Setting.Model,
        previous: @escaping () throws -> Setting.Model? = { nil },
        base: @escaping () throws -> Setting.Model = {
            throw MissingCapability(setting: Setting.declaration.name, lacks: .base)
        }
    ) {
        self.generation = generation
        self.realCount = realCount
        self.model = model
        self.samples = samples
        self.reference = reference
        self.previous = previous
        self.base = base
    }
}
