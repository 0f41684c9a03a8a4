/// Examples with where each came from.
public struct Pool<Examples: ExampleCollection>: Sendable {
    /// The examples in the order in which they were joined.
    public private(set) var examples: Examples
    /// The provenance of each example, as many as there are examples.
    public private(set) var provenance: Provenance

    public init() {
        examples = Examples()
        provenance = Provenance()
    }

    public init(_ examples: Examples, provenance: Int) {
        self.examples = examples
        self.provenance = Provenance(provenance, count: examples.count)
    }

    /// The examples of all parts, one part after the other.
    init(joining parts: [Pool]) {
        self.init()
        for part in parts { append(part) }
    }

    /// Appends the examples of another pool with their provenance.
    public mutating func append(_ other: Pool) {
        if examples.count == 0 {
            self = other
        } else {
            examples.append(other.examples)
            provenance.append(other.provenance)
        }
    }

    init(_ examples: Examples, provenance: Provenance) {
        precondition(
            examples.count == provenance.count,
            "\(provenance.count) provenances of \(examples.count) examples")
        self.examples = examples
        self.provenance = provenance
    }

    /// The examples at the given indices, which may repeat, in that order, with their provenance.
    public func selecting(_ indices: [Int]) -> Pool {
        var pool = Pool()
        pool.examples = examples.selecting(indices)
        if provenance.runs.count == 1 {
            pool.provenance.append(provenance.runs[0].value, count: indices.count)
            return pool
        }
        for index in indices { pool.provenance.append(provenance[index], count: 1) }
        return pool
    }

    /// The first examples up to a total size of exactly `size`; the last one is cut where needed.
    ///
    /// The whole pool where it is smaller.
    public func prefix(size: Int) -> Pool {
        if Examples.hasUnitSizes, examples.count <= size { return self }
        var pool = Pool()
        pool.examples = examples.prefix(size: size)
        pool.provenance = provenance.prefix(pool.examples.count)
        return pool
    }
}
