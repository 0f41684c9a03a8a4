public import Support

/// How a setting's models and examples become files: for settings that are recorded generation by
/// generation.
///
/// Files are by name, with their bytes. A setting whose chains cost less than a file has none of
/// this.
public struct Storage<Setting: TaskSetting>: Sendable {
    /// The bytes of each file by its name, a plain name without folders.
    public typealias Files = [String: [UInt8]]

    /// The files of a model; the name `metrics.json` is taken by ``MetricFile``.
    public var encodeModel: @Sendable (Setting.Model, Setting.SeedData) throws -> Files
    /// The model of files that ``encodeModel`` made, without the metrics of its fit.
    ///
    /// - Throws: What the setting throws where files are missing or damaged.
    public var decodeModel: @Sendable (Files, Setting.SeedData) throws -> Setting.Model
    /// The files of samples; the name `provenance.json` is taken.
    public var encodeExamples: @Sendable (Setting.Examples, Setting.SeedData) throws -> Files
    /// The samples of files that ``encodeExamples`` made.
    ///
    /// - Throws: What the setting throws where files are missing or damaged.
    public var decodeExamples: @Sendable (Files, Setting.SeedData) throws -> Setting.Examples
    /// An example as a person reads it.
    public var show: @Sendable (Setting.Examples, _ index: Int, Setting.SeedData) -> String
    /// An example as an image; nil where examples are none.
    public var picture: (@Sendable (Setting.Examples, _ index: Int, Setting.SeedData) -> Picture)?
    /// What determines a stage's result beside the keys of the specification: the content of what
    /// it reads, and the versions of the components that compute it. Keys are hashed by their
    /// declarations.
    ///
    /// - Throws: What prevents reading a resource.
    public var inputs: @Sendable (LoopStage) throws -> [String]
    /// Whether the base model takes a fit, so that it is stored.
    public var fitsBase: Bool
    /// The object that holds the base model, where that is one that exists.
    public var importedBase: ContentKey?

    public init(
        encodeModel: @escaping @Sendable (Setting.Model, Setting.SeedData) throws -> Files,
        decodeModel: @escaping @Sendable (Files, Setting.SeedData) throws -> Setting.Model,
        encodeExamples: @escaping @Sendable (Setting.Examples, Setting.SeedData) throws -> Files,
        decodeExamples: @escaping @Sendable (Files, Setting.SeedData) throws -> Setting.Examples,
        show: @escaping @Sendable (Setting.Examples, Int, Setting.SeedData) -> String,
        picture: (@Sendable (Setting.Examples, Int, Setting.SeedData) -> Picture)? = nil,
        inputs: @escaping @Sendable (LoopStage) throws -> [String], fitsBase: Bool = false,
        importedBase: ContentKey? = nil
    ) {
        self.encodeModel = encodeModel
        self.decodeModel = decodeModel
        self.encodeExamples = encodeExamples
        self.decodeExamples = decodeExamples
        self.show = show
        self.picture = picture
        self.inputs = inputs
        self.fitsBase = fitsBase
        self.importedBase = importedBase
    }
}
