import Support
import Text

/// The members of a `config.json`, or of an object in it, read with complaints that name the file,
/// the key and the value.
struct ConfigurationFields {
    private let tree: JSONValue
    /// What stands before a key in a complaint: the name of the object and a point, or nothing.
    private let path: String
    let file: String

    /// Reads a whole file.
    init(_ bytes: [UInt8], file: String) throws(TransformerError) {
        path = ""
        self.file = file
        tree = try Self.tree(of: bytes, file: file)
        guard case .object = tree else { throw problem("holds \(tree.kindName), not an object") }
    }

    private init(_ tree: JSONValue, path: String, file: String) {
        self.tree = tree
        self.path = path
        self.file = file
    }

    /// The JSON of a model's file.
    static func tree(of bytes: [UInt8], file: String) throws(TransformerError) -> JSONValue {
        do {
            return try JSONReader.read(bytes)
        } catch {
            let problem =
                FileSignature(of: bytes).map { "is \($0.name), not JSON; \($0.remedy)" }
                ?? "is not JSON: line \(error.line), column \(error.column): \(error.problem)"
            throw TransformerError(.checkpoint(file: file, tensor: nil, problem: problem))
        }
    }

    func problem(_ text: String) -> TransformerError {
        TransformerError(.checkpoint(file: file, tensor: nil, problem: text))
    }

    private func value(_ key: String) -> JSONValue? {
        guard let value = tree[key], !value.isNull else { return nil }
        return value
    }

    private func wrong(_ key: String, _ value: JSONValue, _ expected: String) -> TransformerError {
        problem("has \(path)\(key) \(value.shortText); it must be \(expected)")
    }

    // MARK: Values

    func optionalInteger(_ key: String) throws(TransformerError) -> Int? {
        guard let value = value(key) else { return nil }
        guard case .integer(let number) = value else { throw wrong(key, value, "a whole number") }
        return number
    }

    func integer(_ key: String) throws(TransformerError) -> Int {
        guard let number = try optionalInteger(key) else {
            throw problem("has no \(path)\(key), which must be a whole number")
        }
        return number
    }

    /// A whole number, or nil for a list of them: some models end texts with any of several tokens.
    func optionalSingleInteger(_ key: String) throws(TransformerError) -> Int? {
        if case .array = value(key) { return nil }
        return try optionalInteger(key)
    }

    func optionalNumber(_ key: String) throws(TransformerError) -> Double? {
        guard let value = value(key) else { return nil }
        switch value {
        case .integer(let number): return Double(number)
        case .real(let number): return number
        default: throw wrong(key, value, "a number")
        }
    }

    func number(_ key: String, default standard: Double) throws(TransformerError) -> Double {
        try optionalNumber(key) ?? standard
    }

    func boolean(_ key: String, default standard: Bool) throws(TransformerError) -> Bool {
        guard let value = value(key) else { return standard }
        guard case .bool(let truth) = value else { throw wrong(key, value, "true or false") }
        return truth
    }

    func text(_ key: String) throws(TransformerError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.text else { throw wrong(key, value, "a string") }
        return text
    }

    func object(_ key: String) throws(TransformerError) -> ConfigurationFields? {
        guard let value = value(key) else { return nil }
        guard case .object = value else { throw wrong(key, value, "an object") }
        return ConfigurationFields(value, path: path + key + ".", file: file)
    }

    // MARK: What is not supported is refused, not overlooked

    /// Only these words can be read; a missing key means the first of them.
    func require(_ key: String, in words: [String]) throws(TransformerError) {
        guard let text = try text(key), !words.contains(text) else { return }
        throw problem(
            "has \(path)\(key) \(text); only \(words.joined(separator: " or ")) can be read")
    }

    /// Only this truth value can be read, which a missing key means too.
    func require(_ key: String, _ expected: Bool) throws(TransformerError) {
        guard try boolean(key, default: expected) != expected else { return }
        throw problem("has \(path)\(key) \(!expected); only \(expected) can be read")
    }

    func require(_ key: String, _ expected: Double) throws(TransformerError) {
        let found = try number(key, default: expected)
        guard found != expected else { return }
        throw problem("has \(path)\(key) \(found); only \(expected) can be read")
    }

    /// The key may not be there, or must be null.
    func requireNone(_ key: String) throws(TransformerError) {
        guard let value = value(key) else { return }
        throw problem("has \(path)\(key) \(value.shortText), which is not supported; only null is")
    }
}

extension JSONValue {
    /// The value as it stands in the file, or its kind where that is long.
    fileprivate var shortText: String {
        switch self {
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .bool(let truth): "\(truth)"
        default: text.map { "\"\($0)\"" } ?? kindName
        }
    }
}
