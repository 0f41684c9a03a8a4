/// A seed's real examples in the order in which it meets them, with the means to cut draws from it.
public struct RealStream<Setting: TaskSetting> {
    let setting: Setting
    private let seedData: Setting.SeedData

    public init(setting: Setting, seedData: Setting.SeedData) {
        self.setting = setting
        self.seedData = seedData
    }

    /// The end of the shortest run of examples from `start` that reaches `size`, or what is
    /// missing.
    public func end(of draw: Composition.RealDraw) throws(RealPoolShortage) -> Int {
        guard let count = setting.realCount(in: seedData) else {
            // An endless stream consists of draws of size 1.
            return draw.start + draw.size
        }
        var index = draw.start
        var reached = 0
        while reached < draw.size {
            guard index < count else {
                let mean =
                    Double((0..<count).reduce(0) { $0 + setting.realSize(at: $1, in: seedData) })
                    / Double(max(count, 1))
                let missing = Double(draw.size - reached) / max(mean, 1)
                throw RealPoolShortage(
                    available: count, missing: max(1, Int(missing.rounded(.up))))
            }
            reached += setting.realSize(at: index, in: seedData)
            index += 1
        }
        return index
    }

    /// The examples of a draw, the last one cut so that the size is met exactly.
    public func examples(of draw: Composition.RealDraw) throws -> Setting.Examples {
        try setting.real(draw.start..<end(of: draw), in: seedData).prefix(size: draw.size)
    }
}

/// The real pool ran dry.
public struct RealPoolShortage: Error, Hashable, Sendable {
    /// How many real examples there are.
    public var available: Int
    /// How many more are needed, estimated from their mean size.
    public var missing: Int
}
