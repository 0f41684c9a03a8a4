import Support

/// How well a score tells two groups apart.
package enum RankArea {
    /// The area under the receiver operating characteristic: the probability that a random element
    /// of `above` is larger than one of `below`, ties counted half (Mann and Whitney 1947).
    /// Undefined where a group is empty.
    package static func area(above: [Double], below: [Double]) -> Double {
        let sorted = below.sorted()
        var sum = 0.0
        for value in above {
            let smaller = sorted.partitioningIndex { $0 >= value }
            let notLarger = sorted.partitioningIndex { $0 > value }
            sum += Double(smaller + notLarger) / 2
        }
        return sum / (Double(above.count) * Double(below.count))
    }
}
