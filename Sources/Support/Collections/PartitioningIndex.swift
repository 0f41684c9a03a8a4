extension RandomAccessCollection {
    /// The first index whose element satisfies a predicate that, once true, stays true; `endIndex`
    /// where none does.
    ///
    /// As in swift-algorithms. Of an ascending collection, `{ $0 >= value }` is where `value`
    /// begins and `{ $0 > value }` where it ends.
    ///
    /// - Complexity: O(log n) calls of the predicate.
    @inlinable
    public func partitioningIndex(
        where belongsInSecondPartition: (Element) throws -> Bool
    ) rethrows -> Index {
        var first = startIndex
        var remaining = count
        while remaining > 0 {
            let half = remaining / 2
            let middle = index(first, offsetBy: half)
            if try belongsInSecondPartition(self[middle]) {
                remaining = half
            } else {
                first = index(after: middle)
                remaining -= half + 1
            }
        }
        return first
    }
}
