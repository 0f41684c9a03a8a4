/// The entries of a map in their order, found by their key in constant time.
struct SourceMap: Sendable, ExpressibleByArrayLiteral {
    let entries: [SourceEntry]
    /// The position of each key; nil for a map so short that looking along it is quicker.
    private let positions: [String: Int]?

    private static let shortest = 16

    /// - Parameter entries: No key twice.
    init(_ entries: [SourceEntry]) {
        self.entries = entries
        positions =
            entries.count < Self.shortest
            ? nil
            : Dictionary(
                uniqueKeysWithValues: entries.enumerated().map { ($0.element.key, $0.offset) })
    }

    init(arrayLiteral entries: SourceEntry...) {
        self.init(entries)
    }

    subscript(key: String) -> SourceNode? {
        let position =
            positions.map { $0[key] } ?? entries.firstIndex { $0.key == key }
        return position.map { entries[$0].value }
    }
}
