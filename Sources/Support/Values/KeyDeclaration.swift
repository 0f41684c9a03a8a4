/// A key that a specification may hold: its type, default and help.
///
/// Strict reading, JSON Schema, `--help` texts and the resolved file are all built from these.
public struct KeyDeclaration: Sendable {
    /// The key's name in a specification.
    public var key: String
    /// What may be written as its value.
    public var type: KeyType
    /// The value that stands in when the key is missing; nil makes the key required.
    public var defaultValue: SpecificationValue?
    /// Where the value is part of what names a stored result.
    public var hashed: HashScope
    /// A sentence or two for the manual, the schema and the template.
    public var help: String
    /// Another default, for where another key of the arm says something.
    public var conditionalDefault: ConditionalDefault?

    public init(
        _ key: String, _ type: KeyType, default defaultValue: SpecificationValue?,
        hashed: HashScope = .everywhere, help: String,
        conditionalDefault: ConditionalDefault? = nil
    ) {
        self.key = key
        self.type = type
        self.defaultValue = defaultValue
        self.hashed = hashed
        self.help = help
        self.conditionalDefault = conditionalDefault
    }
}

/// A default that stands in where one of some other keys of the arm, declared before, has a value.
public struct ConditionalDefault: Sendable {
    /// The keys that lead to each of the values from the arm; null and nothing at all are no values.
    public var paths: [[String]]
    /// What stands in then.
    public var value: SpecificationValue

    public init(where paths: [[String]], _ value: SpecificationValue) {
        self.paths = paths
        self.value = value
    }

    /// Whether the default is the one for an arm's values.
    public func holds(in values: SpecificationValue) -> Bool {
        paths.contains { path in
            var value = values
            for key in path {
                guard let inner = value[key] else { return false }
                value = inner
            }
            return !value.isNull
        }
    }
}

/// The stages of the loop whose results are named and stored apart.
public enum LoopStage: String, CaseIterable, Sendable {
    /// What is fixed for a seed: real data, tokenizer, held-out text. It is part of what every
    /// other stage is named by.
    case seedData
    case fit, sample, evaluate
}

/// The stages that a key's value determines. A key is part of every stage's name unless its
/// declaration says otherwise and why: what was forgotten then costs a computation and never a
/// wrong result.
public enum HashScope: Sendable {
    /// The value determines every stage.
    case everywhere
    /// The value determines these stages only.
    case only(Set<LoopStage>, because: String)
    /// The value determines no result, or what it determines is named otherwise.
    case never(because: String)

    /// Whether the value is part of a stage's name.
    public func contains(_ stage: LoopStage) -> Bool {
        switch self {
        case .everywhere: true
        case .only(let stages, _): stages.contains(stage)
        case .never: false
        }
    }
}

extension [KeyDeclaration] {
    /// The values that determine a stage, in the order of their declarations: part of what the
    /// stage's results are named by.
    ///
    /// A group or variant keeps those of its own keys that determine the stage. The tag of a
    /// variant stays with it.
    public func hashedText(of stage: LoopStage, in values: SpecificationValue) -> String {
        let parts = compactMap { declaration -> String? in
            guard declaration.hashed.contains(stage), let value = values[declaration.key] else {
                return nil
            }
            return "\(declaration.key)=\(declaration.type.hashedText(of: stage, in: value))"
        }
        return parts.joined(separator: " ")
    }
}

extension KeyType {
    /// The part of a value of this type that determines a stage.
    public func hashedText(of stage: LoopStage, in value: SpecificationValue) -> String {
        switch self {
        case .group(let keys), .changes(let keys):
            return "{\(keys.hashedText(of: stage, in: value))}"
        case .tagged(let group):
            guard let tag = value[group.tag], case .text(let name) = tag,
                let variant = group.variants.first(where: { $0.name == name })
            else { return value.canonicalText }
            if let shorthand = group.shorthand, shorthand.namesResults,
                shorthand.variant == name, let bare = value[shorthand.key]
            {
                return shorthand.type.hashedText(of: stage, in: bare)
            }
            return "\(name){\(variant.keys.hashedText(of: stage, in: value))}"
        case .textOrGroup(let keys):
            guard case .map = value else { return value.canonicalText }
            return "{\(keys.hashedText(of: stage, in: value))}"
        case .optional(let type):
            return value.isNull ? "null" : type.hashedText(of: stage, in: value)
        case .list(let type):
            guard case .list(let values) = value else { return value.canonicalText }
            return "[\(values.map { type.hashedText(of: stage, in: $0) }.joined(separator: ","))]"
        case .path:
            // Where a file lies is in no name.
            if case .text(let text) = value, let file = PinnedFile(text) { return file.sha256 }
            return value.canonicalText
        case .boolean, .integer, .number, .text, .choice: return value.canonicalText
        }
    }
}

/// The type of a key's value.
public indirect enum KeyType: Sendable {
    case boolean
    /// A whole number within a range, both ends included.
    case integer(ClosedRange<Int>)
    /// A finite number; integers are accepted and become numbers.
    case number(ClosedRange<Double>)
    case text
    /// The path of files of which a run takes a copy; a resolved value is the name of the copy.
    case path(PathKind)
    /// One of a few words.
    case choice([String])
    /// A list of values of one type, of any length.
    case list(KeyType)
    /// A nested group with keys of its own. A missing group is filled from its keys' defaults.
    case group([KeyDeclaration])
    /// A text, or in its place a group with keys of its own.
    case textOrGroup([KeyDeclaration])
    /// Keys that have values elsewhere and other ones here: a group of which only those are there that
    /// are written, each merged with what it changes.
    case changes([KeyDeclaration])
    /// A group whose keys depend on one of them (`kind: ngram`).
    case tagged(TaggedGroup)
    /// `null` or the type.
    case optional(KeyType)
}

/// A group whose tag chooses the rest of its keys: a schedule's shape, a curation stage, a model
/// kind.
public struct TaggedGroup: Sendable {
    /// One choice of the tag.
    public struct Variant: Sendable {
        /// The value of the tag that chooses this variant.
        public var name: String
        /// The keys beside the tag.
        public var keys: [KeyDeclaration]
        /// One sentence for the manual and the schema.
        public var help: String

        public init(_ name: String, _ keys: [KeyDeclaration], help: String) {
            self.name = name
            self.keys = keys
            self.help = help
        }
    }

    /// A bare scalar that stands for a variant: `0.1` for `{schedule: constant, value: 0.1}`.
    public struct Shorthand: Sendable {
        /// What may be written for it.
        public var type: KeyType
        /// The variant's name.
        public var variant: String
        /// The key of the variant that receives the scalar; the others take their defaults.
        public var key: String
        /// Whether the scalar alone names results in place of the variant, which has no other key: for
        /// a key that took nothing but a scalar when results were first stored.
        public var namesResults: Bool

        public init(type: KeyType, variant: String, key: String, namesResults: Bool = false) {
            self.type = type
            self.variant = variant
            self.key = key
            self.namesResults = namesResults
        }
    }

    /// The key that chooses.
    public var tag: String
    /// The choices, in the order in which the manual and the schema list them.
    public var variants: [Variant]
    /// A scalar that may be written in place of the group; nil for none.
    public var shorthand: Shorthand?
    /// The folder of the repository that holds presets of this group (`models`): a bare word, or
    /// the key `preset`, names a file there whose keys the specification's own keys override.
    public var presetFolder: String?

    public init(
        tag: String, variants: [Variant], shorthand: Shorthand? = nil, presetFolder: String? = nil
    ) {
        self.tag = tag
        self.variants = variants
        self.shorthand = shorthand
        self.presetFolder = presetFolder
    }
}

/// Something wrong with the meaning of a specification, found after its types were checked.
public struct SpecificationIssue: Error, Hashable, Sendable, CustomStringConvertible {
    /// The keys that lead to the value, from the root of what was checked.
    public var path: [String]
    /// What is wrong and what to do.
    public var message: String

    public init(path: [String], message: String) {
        self.path = path
        self.message = message
    }

    public var description: String {
        path.isEmpty ? message : "`\(path.joined(separator: "."))`: \(message)"
    }

    /// The same issue seen from further up.
    public func within(_ prefix: [String]) -> SpecificationIssue {
        SpecificationIssue(path: prefix + path, message: message)
    }

    /// The result of a check whose issues are below a key.
    package static func within<Result>(
        _ key: String, _ check: () throws(SpecificationIssue) -> Result
    ) throws(SpecificationIssue) -> Result {
        do {
            return try check()
        } catch {
            throw error.within([key])
        }
    }
}

extension SpecificationValue {
    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The value of an integer; traps on any other value.
    public var integerValue: Int {
        guard case .integer(let value) = self else {
            preconditionFailure("expected an integer, found \(canonicalText)")
        }
        return value
    }

    /// The value of a number or an integer; traps on any other value.
    public var numberValue: Double {
        switch self {
        case .number(let value): return value
        case .integer(let value): return Double(value)
        default: preconditionFailure("expected a number, found \(canonicalText)")
        }
    }

    /// The value of a text; traps on any other value.
    public var textValue: String {
        guard case .text(let value) = self else {
            preconditionFailure("expected text, found \(canonicalText)")
        }
        return value
    }

    /// The value of a truth value; traps on any other value.
    public var booleanValue: Bool {
        guard case .boolean(let value) = self else {
            preconditionFailure("expected true or false, found \(canonicalText)")
        }
        return value
    }

    /// The elements of a list; traps on any other value.
    public var listValue: [SpecificationValue] {
        guard case .list(let values) = self else {
            preconditionFailure("expected a list, found \(canonicalText)")
        }
        return values
    }
}
