/// Examples of a task setting: documents, draws, labelled points.
///
/// Every example has a size in the setting's unit (tokens for documents, 1 for a draw); budgets are
/// stated in it.
public protocol ExampleCollection: Sendable {
    /// The empty collection.
    init()
    /// The number of examples.
    var count: Int { get }
    /// The size of one example.
    func size(at index: Int) -> Int
    /// The size of all examples.
    var totalSize: Int { get }
    /// Whether every example has size 1.
    static var hasUnitSizes: Bool { get }
    /// The examples at the given indices, in that order.
    func selecting(_ indices: [Int]) -> Self
    /// The first examples up to a total size of exactly `size`; the last one is cut where needed.
    /// The whole collection when it is smaller.
    func prefix(size: Int) -> Self
    /// The examples at positions, which ascend, of parts laid end to end.
    static func selecting(_ positions: [Int], fromParts parts: [Self]) -> Self
    /// Appends the examples of another collection in their order.
    mutating func append(_ other: Self)
    /// A key that two examples share exactly when their contents are equal.
    func contentKey(at index: Int) -> [UInt8]
}

extension ExampleCollection {
    public static var hasUnitSizes: Bool { false }

    public var totalSize: Int {
        (0..<count).reduce(0) { $0 + size(at: $1) }
    }

    public static func selecting(_ positions: [Int], fromParts parts: [Self]) -> Self {
        var result = Self()
        var (first, start) = (0, 0)
        for part in parts {
            let known = first
            while first < positions.count, positions[first] < start + part.count { first += 1 }
            if first > known {
                result.append(part.selecting(positions[known..<first].map { $0 - start }))
            }
            start += part.count
        }
        return result
    }
}
