import Compute

/// A seed's real points and its frozen test set.
package struct PointData: Sendable {
    /// The distribution of the real points and of the test set.
    package let distribution: PointDistribution
    /// Real points that no generation trains on.
    package let test: Points
    private let key: RandomKey
    private let sampleSize: Int

    package init(
        distribution: PointDistribution, testSize: Int, seed: UInt64, stream: UInt32,
        initialSize: Int
    ) {
        self.distribution = distribution
        key = RandomKey(seed: seed, stream: stream, purpose: .realDraw)
        sampleSize = max(1, initialSize)
        test = distribution.points(
            0..<testSize, sampleSize: testSize, key: key.with(purpose: .evaluate), order: nil)
    }

    /// Points of the real stream, of which the first `initialSize` are generation 0's sample.
    package func real(_ range: Range<Int>) -> Points {
        distribution.points(
            range, sampleSize: sampleSize, key: key, order: key.with(purpose: .realOrder))
    }
}
