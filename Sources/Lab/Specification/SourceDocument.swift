import Support

/// An experiment file with the overrides that were given beside it.
struct SourceDocument {
    /// `arms.mixture.real-fraction=0.2`, taken apart.
    struct Override {
        var text: String
        var path: [String]
        var value: SourceNode

        var location: SourceLocation { SourceLocation(source: .override(text)) }
    }

    /// The map of the file.
    var file: SourceNode
    /// In the order given.
    var overrides: [Override]

    /// - Throws: Where the text is not YAML, not a map, or an override is not KEY=VALUE.
    init(
        text: String, source: SourceLocation.Source, overrides texts: [String]
    ) throws(SpecificationError) {
        let start = SourceLocation(source: source)
        let empty = SourceNode(content: .map([]), location: start, path: [])
        file = try YAMLReader.read(text, source: source) ?? empty
        guard file.entries != nil else {
            throw SpecificationError(
                .notAMap(found: SpecificationMessages.found(file)), at: file.location)
        }
        overrides = []
        for text in texts { overrides.append(try Self.override(text)) }
        try nameArms()
    }

    private static func override(_ text: String) throws(SpecificationError) -> Override {
        let location = SourceLocation(source: .override(text))
        guard let equals = DottedPath.assignment(in: text) else {
            throw SpecificationError(.badOverride, at: location)
        }
        let key = text[..<equals].drop(while: \.isWhitespace)
        guard let lastOfKey = key.lastIndex(where: { !$0.isWhitespace }),
            var path = DottedPath.keys(of: key[...lastOfKey])
        else { throw SpecificationError(.badOverride, at: location) }
        // The keys of a sweep are dotted themselves.
        if [StructureKeys.sweep, StructureKeys.zip].contains(path[0]), path.count > 2 {
            path = [path[0], path.dropFirst().joined(separator: ".")]
        }
        let written = String(text[text.index(after: equals)...])
        return Override(
            text: text, path: path, value: value(written, path: path, location: location))
    }

    /// The value of an override. Whether its text is YAML matters only where its key does not take
    /// text.
    private static func value(
        _ written: String, path: [String], location: SourceLocation
    ) -> SourceNode {
        let scalars = written.unicodeScalars
        let text = scalars.drop(while: \.properties.isWhitespace)
        let end = text.lastIndex { !$0.properties.isWhitespace }.map(text.index(after:))
        let trimmed = String(text[..<(end ?? text.startIndex)])
        var value = SourceNode(
            content: .scalar(SourceScalar(text: trimmed, isPlain: true)), location: location,
            path: path)
        do throws(SpecificationError) {
            value = try YAMLReader.read(written, source: location.source, path: path) ?? value
            if hasComment(written) {
                value.problem = SpecificationError(.commentInOverride, key: path, at: location)
            }
        } catch {
            value.problem = error
        }
        value.written = trimmed
        return value
    }

    /// Whether YAML drops the end of a text as a comment: a # at its beginning or after a blank,
    /// outside quotes.
    private static func hasComment(_ text: String) -> Bool {
        var quote: UInt8?
        var previous = UInt8(ascii: " ")
        for byte in text.utf8 {
            let begins = " \t\n[{,:".utf8.contains(previous)
            if let open = quote {
                if byte == open { quote = nil }
            } else if begins, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "#"), " \t\n".utf8.contains(previous) {
                return true
            }
            previous = byte
        }
        return false
    }

    /// Rejoins names of arms with dots in the paths of overrides, now that the names are known.
    private mutating func nameArms() throws(SpecificationError) {
        guard !overrides.isEmpty else { return }
        var names = Set((file["arms"]?.entries ?? []).map(\.key))
        for (index, override) in overrides.enumerated() {
            overrides[index].path = DottedPath.joiningArmName(override.path, names: names)
            let path = overrides[index].path
            if path == ["arms"] { names = Set((override.value.entries ?? []).map(\.key)) }
            if path.count >= 2, path[0] == "arms" { names.insert(path[1]) }
        }
    }

    /// What was written at `path`, the weakest first: the file's value, then assignments below it
    /// by overrides. An assignment to it or above it replaces all before.
    func layers(_ path: [String]) -> [SourceNode] {
        var layers: [SourceNode] = []
        if let node = Self.descend(file, path[...]) { layers.append(node) }
        for override in overrides {
            if path.starts(with: override.path) {
                let rest = path.dropFirst(override.path.count)
                layers = Self.descend(override.value, rest).map { [$0] } ?? []
            } else if override.path.starts(with: path) {
                layers.append(
                    SourceNode.nesting(
                        override.value, below: override.path.dropFirst(path.count), at: path))
            }
        }
        return layers
    }

    /// The keys of a map that is written in several layers, in order of appearance.
    ///
    /// A missing or empty map has no keys.
    func entries(_ path: [String]) throws(SpecificationError) -> [SourceEntry] {
        var entries: [SourceEntry] = []
        var known: Set<String> = []
        for layer in layers(path) where !layer.isNull {
            if let problem = layer.problem { throw problem }
            guard let written = layer.entries else {
                throw SpecificationError(
                    .notAMap(found: SpecificationMessages.found(layer)), key: path,
                    at: layer.location)
            }
            if entries.isEmpty, !written.isEmpty {
                entries = written
                continue
            }
            if known.isEmpty { known = Set(entries.map(\.key)) }
            for entry in written where known.insert(entry.key).inserted { entries.append(entry) }
        }
        return entries
    }

    private static func descend(_ node: SourceNode, _ path: ArraySlice<String>) -> SourceNode? {
        guard let first = path.first else { return node }
        return node[first].flatMap { descend($0, path.dropFirst()) }
    }
}
