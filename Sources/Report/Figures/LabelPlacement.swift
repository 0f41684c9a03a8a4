/// Places labels near where they belong without overlap.
package enum LabelPlacement {
    /// The positions nearest to `desired` (least squares) that are at least `gap` apart and, where
    /// there is space, inside `limits`. Pool-adjacent-violators on the positions less their share of
    /// gaps.
    package static func spread(
        _ desired: [Double], gap: Double, within limits: ClosedRange<Double>
    ) -> [Double] {
        let order = desired.indices.sorted { (desired[$0], $0) < (desired[$1], $1) }
        var blocks: [(sum: Double, count: Int)] = []
        for (rank, index) in order.enumerated() {
            blocks.append((desired[index] - Double(rank) * gap, 1))
            while blocks.count > 1 {
                let (last, before) = (blocks[blocks.count - 1], blocks[blocks.count - 2])
                guard before.sum / Double(before.count) > last.sum / Double(last.count) else {
                    break
                }
                blocks.removeLast(2)
                blocks.append((before.sum + last.sum, before.count + last.count))
            }
        }
        let highest = limits.upperBound - Double(max(0, desired.count - 1)) * gap
        var positions = [Double](repeating: 0, count: desired.count)
        var rank = 0
        for block in blocks {
            let mean = block.sum / Double(block.count)
            let start = max(limits.lowerBound, min(mean, highest))
            for _ in 0..<block.count {
                positions[order[rank]] = start + Double(rank) * gap
                rank += 1
            }
        }
        return positions
    }
}
