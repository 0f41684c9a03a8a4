import Collapse

/// Arms at the points of a grid of two swept keys.
struct SweptPlane: Sendable {
    /// The keys' names and values, ascending.
    var x: (title: String, values: [Double])
    var y: (title: String, values: [Double])
    /// The arm at each place, by the positions of its values.
    var arms: [(x: Int, y: Int, arm: Int)]

    /// Nil unless two numeric keys have three values or more, in which arms differ from each other.
    init?(_ arms: [ExperimentResults.Arm], along sweep: Sweep) {
        var keys: [String] = []
        for coordinate in arms.flatMap(\.coordinates) where coordinate.key != sweep.key {
            if Sweep.number(coordinate.value) != nil, !keys.contains(coordinate.key) {
                keys.append(coordinate.key)
            }
        }
        func values(_ key: String) -> [Double] {
            Set(arms.compactMap { Sweep.number($0, key) }).sorted()
        }
        let counts = keys.map { values($0).count }
        guard sweep.grid.count > 2, let most = counts.max(), most > 2,
            let second = keys.indices.first(where: { counts[$0] == most }).map({ keys[$0] })
        else { return nil }
        x = (sweep.title, sweep.grid)
        y = (Sweep.shortName(of: second, in: arms), values(second))
        self.arms = []
        for (index, arm) in arms.enumerated() {
            guard let first = Sweep.number(arm, sweep.key), let other = Sweep.number(arm, second),
                let column = x.values.firstIndex(of: first),
                let row = y.values.firstIndex(of: other)
            else { continue }
            // A third key would put several arms at one place.
            guard !self.arms.contains(where: { $0.x == column && $0.y == row }) else { return nil }
            self.arms.append((column, row, index))
        }
    }
}
