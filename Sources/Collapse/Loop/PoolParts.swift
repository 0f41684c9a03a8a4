import Compute
import Support

/// The samples that generations are subsampled from, laid end to end and kept from one generation
/// to the next: asking each of a hundred samples anew would cost more than a small fit.
struct PoolParts<Examples: ExampleCollection> {
    private var parts: [Pool<Examples>] = []
    private var examples: [Examples] = []
    /// The number of examples up to each part.
    private var ends: [Int] = []

    init(_ parts: [Pool<Examples>] = []) {
        for part in parts { append(part) }
    }

    var count: Int { parts.count }

    mutating func append(_ part: Pool<Examples>) {
        ends.append((ends.last ?? 0) + part.examples.count)
        examples.append(part.examples)
        parts.append(part)
    }

    /// A uniform sample of the examples of all parts without replacement, up to a total size of
    /// exactly `size`: the last example that is drawn is cut where needed. Everything when that is
    /// not more.
    ///
    /// The examples of a part stay together. Those of size 1 keep their order, others come in the
    /// order in which they were drawn.
    func subsample(size: Int, from key: RandomKey) -> Pool<Examples> {
        guard Examples.hasUnitSizes else {
            var random = RandomStream(key)
            return subsample(size: size, random: &random)
        }
        let count = ends.last ?? 0
        guard size < count else { return Pool(joining: parts) }
        let positions = RandomSubset.indices(size, of: count, from: key)
        return Pool(
            Examples.selecting(positions, fromParts: examples),
            provenance: provenance(of: positions))
    }

    /// The provenance of positions that ascend.
    private func provenance(of positions: [Int]) -> Provenance {
        var provenance = Provenance()
        var (first, part) = (0, 0)
        while first < positions.count {
            while positions[first] >= ends[part] { part += 1 }
            let source = parts[part].provenance
            let known = first
            while first < positions.count, positions[first] < ends[part] { first += 1 }
            if source.runs.count == 1 {
                provenance.append(source.runs[0].value, count: first - known)
            } else {
                let start = ends[part] - source.count
                for position in positions[known..<first] {
                    provenance.append(source[position - start], count: 1)
                }
            }
        }
        return provenance
    }

    private func subsample(size: Int, random: inout RandomStream) -> Pool<Examples> {
        var order = LazyPermutation(count: ends.last ?? 0)
        var chosen = [[Int]](repeating: [], count: parts.count)
        var total = 0
        var last = 0
        while total < size, let index = order.next(&random) {
            // The first part that ends behind the example.
            let part = ends.partitioningIndex { index < $0 }
            let position = index - (part == 0 ? 0 : ends[part - 1])
            chosen[part].append(position)
            total += parts[part].examples.size(at: position)
            last = part
        }
        // The last example drawn goes to the end, where it can be cut.
        let kept = parts.indices.filter { $0 != last && !chosen[$0].isEmpty } + [last]
        let pool = Pool(joining: kept.map { parts[$0].selecting(chosen[$0]) })
        return pool.prefix(size: size)
    }
}
