/// A fixed budget with real fraction alpha_t; the rest are the newest samples.
///
/// Fresh real data contracts the loop to the truth, replayed or kept real data to the real sample, whose
/// error is the floor: the limits differ.
public struct Mixture: Workflow {
    public var realFraction: Schedule
    public var realData: RealDataPolicy

    public init(realFraction: Schedule, realData: RealDataPolicy) {
        self.realFraction = realFraction
        self.realData = realData
    }

    public func composition(at t: Int, in context: CompositionContext) -> Composition {
        let size = context.sampleSizes[t]
        let fraction = min(max(realFraction.value(at: t) ?? 0, 0), 1)
        let realSize = Int((fraction * Double(size)).rounded(.toNearestOrEven))
        var parts: [Composition.Part] = []
        if realSize > 0 {
            switch realData {
            case .fresh: parts.append(.real(.init(start: context.freshStart, size: realSize)))
            case .replayed: parts.append(.replayed(context.initialDraw, size: realSize))
            case .kept:
                parts.append(.real(.init(start: context.initialDraw.start, size: realSize)))
            }
        }
        if realSize < size {
            parts.append(.synthetic(generation: t, size: size - realSize))
        }
        return Composition(parts: parts)
    }

    public var meetsInitialDrawAgain: Bool { realData == .replayed }

    public var summary: String {
        if case .constant(let fraction) = realFraction {
            return fraction == 1 && realData == .fresh
                ? "fresh real data only (control)"
                : "\(percent(fraction)) real (\(realData.rawValue)), the rest newest samples"
        }
        return "real fraction by schedule (\(realData.rawValue)), the rest newest samples"
    }

    private func percent(_ fraction: Double) -> String {
        let tenths = (fraction * 1_000).rounded() / 10
        return (tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)") + " %"
    }
}
