import Collapse
package import Support

extension ExperimentFile {
    /// Reads a single value, as `collapselab schedule` takes one: YAML in flow form. Messages call
    /// it `name`.
    ///
    /// - Throws: ``SpecificationError`` with the location in the text.
    package static func value(
        _ text: String, as type: KeyType, named name: String
    ) throws(SpecificationError) -> SpecificationValue {
        let declaration = KeyDeclaration(name, type, default: nil, help: "")
        let node = try YAMLReader.read(text, source: .file("the \(name)"))
        return try ValueResolver(presets: .none).keyed(
            declaration, node.map { [$0] } ?? [], in: ValueResolver.Position(path: [])
        ).value
    }

    /// Reads a file that holds a single value, such as a preset. Messages call it `name`.
    ///
    /// - Parameters:
    ///   - path: The file; nil for none, so that the value is made of defaults and overrides.
    ///   - type: A group, or one with a tag.
    ///   - name: What the value is.
    ///   - overrides: KEY=VALUE, as after `--set`.
    /// - Returns: The value with every key.
    /// - Throws: ``SpecificationError`` with the location in the file or the override.
    package static func value(
        path: String?, as type: KeyType, named name: String, overrides: [String]
    ) throws(SpecificationError) -> SpecificationValue {
        let declaration = KeyDeclaration(name, type, default: nil, help: "")
        let document = try SourceDocument(
            text: try content(path), source: .file(path ?? "the \(name)"),
            overrides: overrides)
        return try ValueResolver(presets: .none).keyed(
            declaration, document.layers([]), in: ValueResolver.Position(path: [])
        ).value
    }

    private static func content(_ path: String?) throws(SpecificationError) -> String {
        guard let path else { return "" }
        return try text(of: path)
    }
}
