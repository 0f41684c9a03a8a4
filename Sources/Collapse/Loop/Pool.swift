import Compute

/// Examples with where each came from.
package struct Pool<Examples: ExampleCollection>: Sendable {
    package private(set) var examples: Examples
    package private(set) var provenance: Provenance

    package init() {
        examples = Examples()
        provenance = Provenance()
    }

    package init(_ examples: Examples, provenance: Int) {
        self.examples = examples
        self.provenance = Provenance(provenance, count: examples.count)
    }

    /// The examples of all parts, one part after the other.
    init(joining parts: some Sequence<Pool>) {
        self.init()
        for part in parts { append(part) }
    }

    package mutating func append(_ other: Pool) {
        if examples.count == 0 {
            self = other
        } else {
            examples.append(other.examples)
            provenance.append(other.provenance)
        }
    }

    package func selecting(_ indices: [Int]) -> Pool {
        var pool = Pool()
        pool.examples = examples.selecting(indices)
        if provenance.runs.count == 1 {
            pool.provenance = provenance.prefix(indices.count)
            return pool
        }
        for index in indices { pool.provenance.append(provenance[index], count: 1) }
        return pool
    }

    package func prefix(size: Int) -> Pool {
        if Examples.hasUnitSizes, examples.count <= size { return self }
        var pool = Pool()
        pool.examples = examples.prefix(size: size)
        pool.provenance = provenance.prefix(pool.examples.count)
        return pool
    }
}

extension Pool {
    /// A uniform sample of the examples of all parts without replacement, up to a total size of exactly `size`: the last
    /// example that is drawn is cut where needed. Everything when that is not more.
    ///
    /// The examples of a part stay together. Those of size 1 keep their order, others come in the order in which they were
    /// drawn.
    static func subsample(
        of parts: ArraySlice<Pool>, size: Int, from key: RandomKey
    ) -> Pool {
        guard Examples.hasUnitSizes else {
            var random = RandomStream(key)
            return subsample(of: Array(parts), size: size, random: &random)
        }
        let count = parts.reduce(0) { $0 + $1.examples.count }
        guard size < count else { return Pool(joining: parts) }
        let places = RandomSubset.places(size, of: count, from: key)
        var pool = Pool()
        var (first, end) = (0, 0)
        for part in parts {
            end += part.examples.count
            let known = first
            while first < places.count, places[first] < end { first += 1 }
            if part.provenance.runs.count == 1 {
                pool.provenance.append(part.provenance.runs[0].value, count: first - known)
            } else {
                let start = end - part.examples.count
                for place in places[known..<first] {
                    pool.provenance.append(part.provenance[place - start], count: 1)
                }
            }
        }
        pool.examples = Examples.selecting(places, fromParts: parts.map(\.examples))
        return pool
    }

    private static func subsample(
        of parts: [Pool], size: Int, random: inout RandomStream
    ) -> Pool {
        let ends = parts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.examples.count) }
        var order = LazyPermutation(count: ends.last ?? 0)
        var chosen = [[Int]](repeating: [], count: parts.count)
        var total = 0
        var last = 0
        while total < size, let index = order.next(&random) {
            // The first part that ends behind the example.
            var (low, high) = (0, parts.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if index < ends[middle + 1] { high = middle } else { low = middle + 1 }
            }
            let place = index - ends[low]
            chosen[low].append(place)
            total += parts[low].examples.size(at: place)
            last = low
        }
        // The last example drawn goes to the end, where it can be cut.
        let kept = parts.indices.filter { $0 != last && !chosen[$0].isEmpty } + [last]
        let pool = Pool(joining: kept.map { parts[$0].selecting(chosen[$0]) })
        return pool.prefix(size: size)
    }
}
