import Support
import Yams

/// Reads YAML into a positioned tree.
///
/// Refused: duplicate keys, merge keys (`<<`), keys that are not scalars, several documents in one
/// file, and aliases that unfold to an absurd size.
struct YAMLReader {
    /// What is read; the positions of an override are the override itself.
    var source: SourceLocation.Source
    /// How many values a file may unfold to.
    private static let sizeLimit = 1_000_000
    private var size = 0

    private init(source: SourceLocation.Source) {
        self.source = source
    }

    /// The tree of `text`; nil when it holds nothing but comments.
    static func read(
        _ text: String, source: SourceLocation.Source, path: [String] = []
    ) throws(SpecificationError) -> SourceNode? {
        var reader = YAMLReader(source: source)
        var text = text
        if text.utf8.starts(with: TextKind.byteOrderMark) { text.unicodeScalars.removeFirst() }
        guard text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
        text.makeContiguousUTF8()
        let root: Node?
        do {
            // The encoding is stated because the default reads an environment variable.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw reader.syntaxError(error, text: text)
        } catch {
            throw SpecificationError(.syntax("\(error)"), at: SourceLocation(source: source))
        }
        guard let root else { return nil }
        return try reader.convert(root, path: path)
    }

    private mutating func convert(
        _ node: Node, path: [String], keyLocation: SourceLocation? = nil
    ) throws(SpecificationError) -> SourceNode {
        let location = location(node.mark)
        size += 1
        guard size <= Self.sizeLimit else {
            throw SpecificationError(.tooLarge(limit: Self.sizeLimit), key: path, at: location)
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain && scalar.tag.rawValue != Tag.Name.str.rawValue
            return SourceNode(
                content: .scalar(SourceScalar(text: scalar.string, isPlain: isPlain)),
                location: location, path: path)
        case .sequence(let sequence):
            var elements: [SourceNode] = []
            for (index, element) in sequence.enumerated() {
                elements.append(try convert(element, path: path + ["\(index)"]))
            }
            return SourceNode(
                content: .list(elements), location: keyLocation ?? location, path: path)
        case .mapping(let mapping):
            var entries: [SourceEntry] = []
            var locations: [String: SourceLocation] = [:]
            for (keyNode, valueNode) in mapping {
                let entryLocation = self.location(keyNode.mark)
                guard case .scalar(let scalar) = keyNode else {
                    throw SpecificationError(.keyIsNotAWord, key: path, at: entryLocation)
                }
                let key = scalar.string
                if key == "<<", scalar.style == .plain {
                    throw SpecificationError(.mergeKey, key: path, at: entryLocation)
                }
                if locations.updateValue(entryLocation, forKey: key) != nil {
                    throw SpecificationError(.duplicateKey, key: path + [key], at: entryLocation)
                }
                let value = try convert(valueNode, path: path + [key], keyLocation: entryLocation)
                entries.append(SourceEntry(key: key, location: entryLocation, value: value))
            }
            return SourceNode(
                content: .map(SourceMap(entries)), location: keyLocation ?? location, path: path)
        case .alias:
            // The parser puts the anchored value in the alias's place.
            throw SpecificationError(.syntax("unresolved alias"), key: path, at: location)
        }
    }

    private func location(_ mark: Mark?) -> SourceLocation {
        SourceLocation(source: source, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private func syntaxError(_ error: YamlError, text: String) -> SpecificationError {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let words = [problem, context?.text].compactMap { $0 }.joined(separator: " ")
            return SpecificationError(.syntax(words), at: location(mark))
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = 1 + before.utf8.count { $0 == 0x0A }
            let column = 1 + before.unicodeScalars.reversed().prefix { $0 != "\n" }.count
            return SpecificationError(
                .syntax(problem),
                at: SourceLocation(source: source, line: line, column: column))
        case .duplicatedKeysInMapping(let duplicates, let context):
            return SpecificationError(
                .duplicateKey, key: Array(duplicates.prefix(1)), at: location(context.mark))
        default:
            return SpecificationError(.syntax("\(error)"), at: SourceLocation(source: source))
        }
    }
}
