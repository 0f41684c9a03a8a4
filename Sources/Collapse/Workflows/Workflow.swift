public import Support

/// A way to use data: which data generation t >= 1 trains on. Generation 0 always trains on real
/// data only.
///
/// A new workflow is one file in `Workflows/` and one line in ``Workflows/types``. Everything else
/// follows from the compositions it plans: what the loop keeps in memory, what theory predicts,
/// what names a stored result.
public protocol Workflow: Sendable {
    /// The word of the workflow in a specification.
    static var name: String { get }
    /// One sentence for the manual.
    static var help: String { get }
    /// The workflow's own keys, which stand among the keys of an arm. They are optional there,
    /// since other workflows have none of them: a workflow that needs one says so when it is read.
    @KeyList static var keys: [KeyDeclaration] { get }
    /// The keys of an arm in a new experiment file; nil for a workflow that has no arm there.
    static var example: [SpecificationMap.Entry]? { get }

    /// Reads the workflow's keys from the resolved keys of an arm.
    ///
    /// - Throws: `SpecificationIssue` where a key is missing or contradicts another.
    init(_ arm: SpecificationValue) throws(SpecificationIssue)

    /// The plan for generation `t` >= 1.
    ///
    /// - Throws: `SpecificationIssue` where a schedule is undefined or leaves its range.
    func composition(
        at t: Int, in context: CompositionContext
    ) throws(SpecificationIssue) -> Composition

    /// n_0, where it is another than the arm's sample size.
    var initialSize: Int? { get }

    /// What generations take of the samples that a model drew; settings that can draw whole samples
    /// faster ask for it.
    var sampleUse: SampleUse { get }

    /// One line for the report.
    var summary: String { get }
}

/// What generations take of a model's samples.
public enum SampleUse: Int, Comparable, Sendable {
    /// All of them or none.
    case whole
    /// Their beginning.
    case prefix
    /// Any examples, which must each be there.
    case anyPart

    public static func < (left: SampleUse, right: SampleUse) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Workflow {
    @KeyList public static var keys: [KeyDeclaration] {}
    public static var example: [SpecificationMap.Entry]? { [] }
    public var initialSize: Int? { nil }
    public var sampleUse: SampleUse { .anyPart }
}

/// What a workflow may ask while it plans a generation.
public struct CompositionContext: Sendable {
    /// n_t for each generation.
    public var sampleSizes: [Int]
    /// Generation 0's real sample.
    public var initialDraw: Composition.RealDraw
    /// The first example of the real stream that no earlier generation has used.
    public var freshStart: Int
    /// The last generation that is planned, for messages.
    public var generations: Int

    public init(
        sampleSizes: [Int], initialDraw: Composition.RealDraw, freshStart: Int, generations: Int
    ) {
        self.sampleSizes = sampleSizes
        self.initialDraw = initialDraw
        self.freshStart = freshStart
        self.generations = generations
    }
}

/// The workflows that specifications can name: one line each.
public enum Workflows {
    /// The types in the order in which the manual and the schema list them.
    public static let types: [any Workflow.Type] = [
        Replace.self,
        Accumulate.self,
        AccumulateSubsample.self,
        Mixture.self,
        PoolWorkflow.self,
    ]

    /// The names, in their order.
    public static var names: [String] { types.map { $0.name } }

    /// The keys of all workflows, each once.
    public static var keys: [KeyDeclaration] {
        var seen: Set<String> = []
        return types.flatMap { $0.keys }.filter { seen.insert($0.key).inserted }
    }

    /// The workflow that an arm names.
    ///
    /// - Throws: `SpecificationIssue` where the arm gives a key of another workflow, or what the
    ///   workflow itself throws.
    public static func workflow(
        named name: String, _ arm: SpecificationValue
    ) throws(SpecificationIssue) -> any Workflow {
        guard let type = types.first(where: { $0.name == name }) else {
            preconditionFailure("unknown workflow \(name)")
        }
        let own = Set(type.keys.map(\.key))
        for key in keys where !own.contains(key.key) && arm[key.key] != key.defaultValue {
            throw SpecificationIssue(
                path: [key.key],
                message: "\(key.key) belongs to the workflow \(owners(of: key)), not to \(name): "
                    + "remove it or change the workflow")
        }
        return try type.init(arm)
    }

    private static func owners(of key: KeyDeclaration) -> String {
        types.filter { $0.keys.contains { $0.key == key.key } }.map { $0.name }
            .joined(separator: " or ")
    }
}
