package import Support

/// Reads an option of a command as an experiment file's key of the same meaning is read: with its
/// type, its range and its words for what is wrong.
package enum ArgumentReading {
    /// The value that a text gives a key.
    ///
    /// - Throws: ``SpecificationError`` without a location where the text is not of the key's type
    ///   or outside its range.
    package static func value<Value>(
        _ text: String, of key: Key<Value>
    ) throws(SpecificationError) -> Value {
        let read = try value(text, of: key.declaration)
        do throws(SpecificationIssue) {
            return try SpecificationValue.map([.init(key.name, read)])[key]
        } catch {
            throw SpecificationError(.meaning(error.message), key: [key.name])
        }
    }

    /// The value that a text gives a declared scalar.
    ///
    /// - Throws: ``SpecificationError`` without a location where the text is not of the key's type
    ///   or outside its range.
    package static func value(
        _ text: String, of declaration: KeyDeclaration
    ) throws(SpecificationError) -> SpecificationValue {
        var type = declaration.type
        if case .optional(let wrapped) = type { type = wrapped }
        return try ScalarReading.value(
            SourceNode(
                content: .scalar(SourceScalar(text: text, isPlain: true)), location: nil,
                path: [declaration.key]),
            as: type)
    }
}
