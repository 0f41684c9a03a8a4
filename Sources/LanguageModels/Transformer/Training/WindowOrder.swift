package import Compute

/// The order in which training meets the windows of a stream: a permutation of its own for every
/// epoch, cut at an offset of its own. A pure function of the key, so that nothing of it need be
/// stored to resume.
package struct WindowOrder {
    private let length: Int
    private let windows: Int
    private let key: RandomKey
    private var epoch = -1
    private var offset = 0
    private var order: [Int] = []

    /// Epoch e draws from the key's index plus e, for the purpose `shuffle`.
    package init(stream: TokenStream, length: Int, key: RandomKey) {
        self.length = length
        windows = stream.windowCount(length: length)
        self.key = key.with(purpose: .shuffle)
    }

    /// One window: where it starts on the circle and how many of its predictions count.
    package struct Window: Hashable, Sendable {
        /// The index in the stream of the first token; the first prediction is of the next.
        package var start: Int
        /// Predictions, at least 1; fewer than the length only in the last window of a turn.
        package var count: Int

    }

    /// The `index`-th window since training began. Every prediction occurs once in each epoch.
    package mutating func window(_ index: Int, in stream: TokenStream) -> Window {
        if index / windows != epoch {
            epoch = index / windows
            var random = RandomStream(key.at(Int(key.index) + epoch))
            offset = random.below(length)
            order = random.permutation(of: windows)
        }
        let first = order[index % windows] * length
        return Window(
            start: (first + offset) % stream.count, count: min(length, stream.count - first))
    }
}
