/// Examples with where each came from.
public struct Pool<Examples: ExampleCollection>: Sendable {
    public private(set) var examples: Examples
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

    public func selecting(_ indices: [Int]) -> Pool {
        var pool = Pool()
        pool.examples = examples.selecting(indices)
        if provenance.runs.count == 1 {
            pool.provenance = provenance.prefix(indices.count)
            return pool
        }
        for index in indices { pool.provenance.append(provenance[index], count: 1) }
        return pool
    }

    public func prefix(size: Int) -> Pool {
        if Examples.hasUnitSizes, examples.count <= size { return self }
        var pool = Pool()
        pool.examples = examples.prefix(size: size)
        pool.provenance = provenance.prefix(pool.examples.count)
        return pool
    }
}
