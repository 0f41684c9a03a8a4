package import Collapse

extension ExperimentFile {
    /// Reads a single value, as `collapselab schedule` takes one: YAML in flow form. Messages call
    /// it `name`.
    ///
    /// - Throws: ``SpecificationError`` with the place in the text.
    package static func value(
        _ text: String, as type: KeyType, named name: String
    ) throws(SpecificationError) -> SpecificationValue {
        let declaration = KeyDeclaration(name, type, default: nil, help: "")
        let node = try YAMLReader.read(text, source: .file("the \(name)"))
        return try ValueResolver(presets: .none).keyed(
            declaration, node.map { [$0] } ?? [], in: ValueResolver.Place(path: [])
        ).value
    }
}
