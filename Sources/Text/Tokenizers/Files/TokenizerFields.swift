import Support

/// A value in a tokenizer file with its path, for reading fields with exact complaints.
struct TokenizerFields {
    let tree: JSONValue
    let file: String
    /// Makes the path when an error needs it: most values have none.
    private let makePath: () -> String

    /// A whole file.
    init(_ tree: JSONValue, file: String) {
        self.init(tree, file: file) { "" }
    }

    private init(_ tree: JSONValue, file: String, makePath: @escaping () -> String) {
        self.tree = tree
        self.file = file
        self.makePath = makePath
    }

    /// Such as `model.merges[3]`; empty for the whole file.
    var path: String { makePath() }

    /// A part of this value; `step` is a member's name or has brackets around it.
    func child(
        _ tree: JSONValue, _ step: @escaping @autoclosure () -> String
    ) -> TokenizerFields {
        TokenizerFields(tree, file: file) { [makePath] in
            let (path, step) = (makePath(), step())
            return path.isEmpty || step.hasPrefix("[") ? path + step : "\(path).\(step)"
        }
    }

    func invalid(_ problem: String) -> TokenizerFileError {
        TokenizerFileError(
            .invalidField(path: path.isEmpty ? "the file" : path, problem: problem), file: file)
    }

    func unsupported(_ component: String) -> TokenizerFileError {
        TokenizerFileError(.unsupported(path: path, component: component), file: file)
    }

    func inconsistent(_ problem: String) -> TokenizerFileError {
        TokenizerFileError(.inconsistent(problem: problem), file: file)
    }

    /// A member; `nil` if absent or null.
    func optional(_ key: String) throws(TokenizerFileError) -> TokenizerFields? {
        guard case .object = tree else { throw invalid("must be an object, not \(tree.kindName)") }
        guard let value = tree[key], !value.isNull else { return nil }
        return child(value, key)
    }

    /// A member that must be there.
    func required(_ key: String) throws(TokenizerFileError) -> TokenizerFields {
        guard let value = try optional(key) else {
            throw child(.null, key).invalid(tree[key] == nil ? "is missing" : "is null")
        }
        return value
    }

    func members() throws(TokenizerFileError) -> [JSONValue.Member] {
        guard case .object(let members) = tree else {
            throw invalid("must be an object, not \(tree.kindName)")
        }
        return members
    }

    func elements() throws(TokenizerFileError) -> [TokenizerFields] {
        guard case .array(let elements) = tree else {
            throw invalid("must be an array, not \(tree.kindName)")
        }
        return elements.enumerated().map { index, element in child(element, "[\(index)]") }
    }

    func string() throws(TokenizerFileError) -> [UInt8] {
        guard case .string(let bytes) = tree else {
            throw invalid("must be a string, not \(tree.kindName)")
        }
        return bytes
    }

    func text() throws(TokenizerFileError) -> String {
        String(decoding: try string(), as: UTF8.self)
    }

    func bool() throws(TokenizerFileError) -> Bool {
        guard case .bool(let value) = tree else {
            throw invalid("must be true or false, not \(tree.kindName)")
        }
        return value
    }

    func id() throws(TokenizerFileError) -> UInt32 {
        guard case .integer(let value) = tree, let id = UInt32(exactly: value) else {
            throw invalid("must be a whole number from 0 to \(UInt32.max)")
        }
        return id
    }
}
