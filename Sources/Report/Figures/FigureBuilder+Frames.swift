import Collapse

/// Curves of one plot in several frames.
extension SeriesPlot {
    /// The same axes with at most so many curves each, in their order: an arm and its control stay
    /// together, and a few levels are in every frame. All have one scale.
    func split(most: Int) -> [SeriesPlot] {
        guard series.count > most else { return [self] }
        let levels = series.filter(\.isLevel)
        let areEverywhere = 2 * levels.count < most
        let units = series.filter { !$0.isControl && !($0.isLevel && areEverywhere) }.map { curve in
            series.filter { $0.controlOf == curve.name } + [curve]
        }
        let room = areEverywhere ? most - levels.count : most
        // As many in each as makes them even.
        let frames = Self.chunked(units, room: room)
        let even = Self.chunked(
            units, room: max(2, (units.joined().count + frames.count - 1) / frames.count))
        let chosen = even.count == frames.count ? even : frames
        guard chosen.count > 1 else { return [self] }
        let shared = y ?? .covering(extent, logarithmic: logarithmic, ticks: 6)
        return chosen.map { curves in
            var plot = self
            plot.series = (areEverywhere ? levels : []) + curves
            plot.y = shared
            return plot
        }
    }

    private static func chunked(_ units: [[Series]], room: Int) -> [[Series]] {
        var chunks: [[Series]] = []
        for unit in units {
            if let last = chunks.last, last.count + unit.count <= room {
                chunks[chunks.count - 1] += unit
            } else {
                chunks.append(unit)
            }
        }
        // Controls lie behind the arms.
        return chunks.map { $0.filter(\.isControl) + $0.filter { !$0.isControl } }
    }
}
