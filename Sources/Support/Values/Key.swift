/// A key of a specification, declared once: its name, type, default, help and how its value is
/// read.
///
/// The schema, the template, the strict reader, the text that is hashed and the path in an error
/// message all come from ``declaration``; code reads the value with `try values[key]`, typed and
/// without a string.
public struct Key<Value: Sendable>: Sendable {
    /// What schema, template and reader are built from.
    public let declaration: KeyDeclaration
    private let shape: Shape<Value>

    /// Declares a key; without a default the specification must give the value.
    public init(
        _ name: String, _ shape: Shape<Value>, default defaultValue: Value? = nil,
        hashed: HashScope = .everywhere, help: String
    ) {
        self.init(
            name, shape, filledFrom: defaultValue.map(shape.write), hashed: hashed, help: help)
    }

    /// Declares a key whose default is written as a specification would write it: `.map([])` for a
    /// group that its own keys' defaults fill, a bare word for a variant.
    public init(
        _ name: String, _ shape: Shape<Value>, filledFrom defaultValue: SpecificationValue?,
        or conditionalDefault: ConditionalDefault? = nil, hashed: HashScope = .everywhere,
        help: String
    ) {
        declaration = KeyDeclaration(
            name, shape.type, default: defaultValue, hashed: hashed, help: help,
            conditionalDefault: conditionalDefault)
        self.shape = shape
    }

    /// The key's name in a specification.
    public var name: String { declaration.key }

    fileprivate func value(in values: SpecificationValue) throws(SpecificationIssue) -> Value {
        guard let written = values[name] else {
            preconditionFailure("the key `\(name)` is read but not among the declared keys")
        }
        do {
            return try shape.read(written)
        } catch {
            throw error.within([name])
        }
    }
}

extension SpecificationValue {
    /// The value of a declared key in a resolved specification.
    ///
    /// - Throws: ``SpecificationIssue`` with the key's path where parts of the value contradict
    ///   each other.
    public subscript<Value>(key: Key<Value>) -> Value {
        get throws(SpecificationIssue) { try key.value(in: self) }
    }
}

/// A type that a key's value can have: what may be written, and how it is read.
public struct Shape<Value: Sendable>: Sendable {
    /// What may be written, for schema and checks.
    public let type: KeyType
    /// Reads a value that was checked against ``type``.
    let read: @Sendable (SpecificationValue) throws(SpecificationIssue) -> Value
    /// Writes a default.
    let write: @Sendable (Value) -> SpecificationValue

    /// A shape for values with an order of their own; `write` is needed only where a default is
    /// given as a value.
    public init(
        _ type: KeyType,
        read: @escaping @Sendable (SpecificationValue) throws(SpecificationIssue) -> Value,
        write: @escaping @Sendable (Value) -> SpecificationValue = { value in
            preconditionFailure("write the default of \(value) as a specification would")
        }
    ) {
        self.type = type
        self.read = read
        self.write = write
    }
}

extension Shape where Value == Int {
    /// A whole number within a range.
    public static func integer(_ range: ClosedRange<Int>) -> Shape {
        Shape(.integer(range), read: { $0.integerValue }, write: { .integer($0) })
    }
}

extension Shape where Value == Double {
    /// A finite number within a range.
    public static func number(_ range: ClosedRange<Double>) -> Shape {
        Shape(.number(range), read: { $0.numberValue }, write: { .number($0) })
    }
}

extension Shape where Value == Bool {
    /// `true` or `false`.
    public static var boolean: Shape {
        Shape(.boolean, read: { $0.booleanValue }, write: { .boolean($0) })
    }
}

extension Shape where Value == String {
    /// Any text, the empty one included.
    public static var text: Shape {
        Shape(.text, read: { $0.textValue }, write: { .text($0) })
    }
}

extension Shape where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the words of an enumeration.
    public static var choice: Shape {
        Shape(
            .choice(Value.allCases.map(\.rawValue)),
            read: { value in
                guard let choice = Value(rawValue: value.textValue) else {
                    preconditionFailure("\(value.textValue) is not a \(Value.self)")
                }
                return choice
            }, write: { .text($0.rawValue) })
    }
}

extension Shape {
    /// `null` or a value of the shape.
    public static func optional<Wrapped>(_ shape: Shape<Wrapped>) -> Shape
    where Value == Wrapped? {
        Shape(
            .optional(shape.type),
            read: { value throws(SpecificationIssue) in
                value.isNull ? nil : try shape.read(value)
            }, write: { $0.map(shape.write) ?? .null })
    }

    /// A list of values of one shape; an issue in an element has its index in its path.
    public static func list<Element>(_ shape: Shape<Element>) -> Shape
    where Value == [Element] {
        Shape(
            .list(shape.type),
            read: { value throws(SpecificationIssue) in
                var elements: [Element] = []
                for (index, element) in value.listValue.enumerated() {
                    do throws(SpecificationIssue) {
                        elements.append(try shape.read(element))
                    } catch {
                        throw error.within([String(index)])
                    }
                }
                return elements
            }, write: { .list($0.map(shape.write)) })
    }
}

/// A type that is read from a group of keys of its own.
public protocol KeyGroup: Sendable {
    /// The keys of the group, in the order in which files and schema show them.
    @KeyList static var keys: [KeyDeclaration] { get }

    /// Reads the resolved keys.
    ///
    /// - Throws: ``SpecificationIssue`` where keys that are right one by one contradict each other.
    init(_ values: SpecificationValue) throws(SpecificationIssue)
}

extension Shape where Value: KeyGroup {
    /// A nested group; one that is not written is filled from its keys' defaults.
    public static var group: Shape {
        Shape(.group(Value.keys), read: { value throws(SpecificationIssue) in try Value(value) })
    }
}

/// A type that is read from a group in which a tag chooses the keys.
public protocol TaggedKeys: Sendable {
    /// The tag and its variants.
    static var group: TaggedGroup { get }

    /// Reads the resolved group.
    ///
    /// - Throws: ``SpecificationIssue`` where keys that are right one by one contradict each other.
    init(_ values: SpecificationValue) throws(SpecificationIssue)
}

extension Shape where Value: TaggedKeys {
    /// A group whose tag chooses the rest of its keys.
    public static var tagged: Shape {
        Shape(.tagged(Value.group), read: { value throws(SpecificationIssue) in try Value(value) })
    }
}

/// Lists keys one a line: `{ dimension; estimator; threshold }`.
@resultBuilder
public enum KeyList {
    /// A key as a list of its declaration.
    public static func buildExpression<Value>(_ key: Key<Value>) -> [KeyDeclaration] {
        [key.declaration]
    }

    /// Declarations that another list holds already.
    public static func buildExpression(_ keys: [KeyDeclaration]) -> [KeyDeclaration] { keys }

    /// The declarations of all lines, in their order.
    public static func buildBlock(_ parts: [KeyDeclaration]...) -> [KeyDeclaration] {
        parts.flatMap { $0 }
    }
}
