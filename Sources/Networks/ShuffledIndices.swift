package import Compute

/// The order in which training meets its examples: passes over all of them, each in an order of its
/// own, one after the other.
package struct ShuffledIndices {
    private let count: Int
    private let key: RandomKey
    private var order: [Int] = []
    private var pass = 0

    /// - Parameters:
    ///   - count: The number of examples, at least 1.
    ///   - key: Pass p is a permutation from `key.at(p)`.
    package init(_ count: Int, key: RandomKey) {
        precondition(count > 0, "an order of no examples")
        self.count = count
        self.key = key
    }

    /// The next examples; they go over the end of a pass where it comes.
    package mutating func next(_ size: Int) -> [Int] {
        var chosen: [Int] = []
        chosen.reserveCapacity(size)
        while chosen.count < size {
            if order.isEmpty {
                var random = RandomStream(key.at(pass))
                order = random.permutation(of: count).reversed()
                pass += 1
            }
            chosen.append(order.removeLast())
        }
        return chosen
    }
}
