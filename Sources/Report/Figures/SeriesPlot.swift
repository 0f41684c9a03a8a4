import Collapse

/// A curve to draw: a summary over seeds at each position of the x axis, and what theory predicts
/// there.
struct Series: Sendable {
    var name: String
    var colour: Colour
    var shape: PointShape
    var points: [(x: Double, summary: Summary)]
    var predictions: [PredictedCurve] = []
    /// The arm whose control it is: drawn in a lighter shade of that arm's colour, and named with all
    /// of its kind.
    var controlOf: String?
    var isControl: Bool { controlOf != nil }
    /// The values of each seed at the places of `points`, where the page's script shows them.
    var seeds: [[Double?]] = []
    /// Drawn as a level across the whole axis: an arm without a position on it.
    var isLevel = false
}

/// What theory says of a curve's mean.
struct PredictedCurve: Sendable {
    /// What the curve is.
    enum Kind: Sendable {
        /// The mean is promised to lie on it, or in a limit.
        case theory
        /// The mean is promised to lie on one side of it.
        case bound
        /// It was fitted to the means.
        case fit
    }

    var points: [(x: Double, y: Double)]
    var kind = Kind.theory
    var isBound: Bool { kind == .bound }
}

/// One pair of axes with curves, their bands, their infinities and their labels.
///
/// Infinite and undefined means are never left out silently: the curve breaks there, and a strip
/// above the frame shows a mark with the number of seeds concerned.
struct SeriesPlot: Sendable {
    var series: [Series]
    var x: Axis
    var xTitle: String
    /// Beside the axis; small plots carry their title above the frame instead.
    var yTitle: String?
    var title: String?
    var logarithmic = false
    /// Values that the y axis must cover besides the data.
    var including: [Double] = []
    /// An axis fixed from outside, to share or to enlarge.
    var y: Axis?
    /// A value of y with a line across the plot.
    var level: (value: Double, label: String)?
    /// Whether a curve that others cover is drawn broader than they are.
    var showsCovered = true
    /// Whether the curves are named at their right ends.
    var hasDirectLabels = true
    /// How many seeds there are: where fewer are infinite, the mark says how many.
    var seedCount: Int

    private static let rowHeight = 16.0
    static let labelGap = 15.0
    /// The size of an axis title.
    static let titleSize = 13

    /// The values that the y axis has to show.
    var extent: [Double] {
        var values = including
        for curve in series {
            for point in curve.points where point.summary.mean.isFinite {
                let mean = point.summary.mean
                let half = point.summary.halfWidth()
                values.append(mean)
                guard half.isFinite else { continue }
                values.append(mean + half)
                if !logarithmic || mean - half > 0 { values.append(mean - half) }
            }
            // A bound may lie far off; the figure is the measurement's.
            values += curve.predictions.filter { !$0.isBound }.flatMap(\.points).map(\.y)
        }
        if let level { values.append(level.value) }
        return values
    }

    /// The curves that have an infinite or undefined mean somewhere: one row of the strip each.
    private var brokenSeries: [Int] {
        series.indices.filter { index in
            series[index].points.contains { !$0.summary.mean.isFinite }
        }
    }

    /// The height of the strip of infinities above the frame.
    var stripHeight: Double {
        let rows = brokenSeries.count
        return rows == 0 ? 0 : Double(rows) * Self.rowHeight + 4
    }

    /// The y axis that fits a frame of this height.
    func axis(height: Double) -> Axis {
        y
            ?? .covering(
                extent, logarithmic: logarithmic, ticks: max(4, Int(saturating: height / 50)))
    }

    /// The width that the labels beside the y axis need, with the marks' words where there are any.
    func tickWidth(height: Double) -> Double {
        let words = brokenSeries.isEmpty ? [] : Set(series.flatMap(Self.kinds))
        let labels = axis(height: height).ticks.map { Figure.width(of: $0.label) }
        return max((labels + words.map { Figure.width(of: $0, size: 11) }).max() ?? 0, 20) + 14
    }

    /// The words for the points where a curve is broken.
    private static func kinds(_ curve: Series) -> [String] {
        var kinds: [String] = []
        for point in curve.points where !point.summary.mean.isFinite {
            let mean = point.summary.mean
            let kind = mean.isNaN ? "undefined" : mean > 0 ? "inf" : "−inf"
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds.isEmpty ? [] : [kinds.joined(separator: ", ")]
    }

    /// Draws into `area`, which is the frame below its strip; axis texts lie outside it.
    func draw(into figure: inout Figure, area: Figure.Rectangle) {
        let broken = brokenSeries
        let strip = stripHeight
        let frame = Figure.Rectangle(
            left: area.left, top: area.top + strip, width: area.width,
            height: area.height - strip)
        let y = axis(height: frame.height)
        figure.plots.append(Figure.Plot(frame: frame, x: x, y: y, layers: layers(y: y)))
        drawTitles(into: &figure, area: area, frame: frame)
        drawLevel(into: &figure, frame: frame, y: y)
        for (row, index) in broken.enumerated() {
            let height = area.top + (Double(row) + 0.5) * Self.rowHeight
            drawInfinities(of: series[index], into: &figure, frame: frame, y: height)
        }
        if hasDirectLabels {
            drawLabels(into: &figure, area: area, frame: frame, y: y, broken: broken)
        }
    }

    private func layers(y: Axis) -> [Figure.Layer] {
        var bands: [Figure.Layer] = []
        var lines: [Figure.Layer] = []
        var predictions: [Figure.Layer] = []
        var points: [Figure.Layer] = []
        for (index, curve) in series.enumerated() {
            let runs = Self.runs(curve.points)
            // A curve that others cover is drawn broader, so that its rim shows.
            let rim =
                showsCovered
                ? 2 * Double(series[(index + 1)...].count { Self.coincide($0, curve) }) : 0
            var band: [[(x: Double, low: Double, high: Double)]] = []
            var bars: [[(x: Double, y: Double)]] = []
            var means: [[(x: Double, y: Double)]] = []
            for run in runs {
                means.append(run.map { ($0.x, $0.summary.mean) })
                let limits = run.compactMap { point -> (x: Double, low: Double, high: Double)? in
                    let half = point.summary.halfWidth()
                    guard half.isFinite else { return nil }
                    let (low, high) = (point.summary.mean - half, point.summary.mean + half)
                    // A logarithmic axis has no position for a limit below zero, and no axis one
                    // for an infinite limit: the band runs out of the frame.
                    return (
                        point.x, y.isLogarithmic || low.isInfinite ? max(low, y.lower) : low,
                        high.isInfinite ? max(y.upper, point.summary.mean) : high
                    )
                }
                if limits.count > 1 {
                    band.append(limits)
                } else if let bar = limits.first {
                    bars.append([(bar.x, bar.low), (bar.x, bar.high)])
                }
            }
            if curve.isLevel {
                means = means.compactMap(\.first).map { [(x.lower, $0.y), (x.upper, $0.y)] }
                band = []
                bars = []
            }
            if !band.isEmpty { bands.append(.band(band, curve.colour)) }
            if !bars.isEmpty {
                lines.append(.line(bars, curve.colour, width: 1.5, isDashed: false))
            }
            let drawn = means.filter { $0.count > 1 }
            if !drawn.isEmpty {
                lines.append(
                    .line(drawn, curve.colour, width: curve.isLevel ? 1 : 2 + rim, isDashed: false))
            }
            for prediction in curve.predictions {
                // A bound that leaves the frame ends there.
                let stretches = prediction.points.split { point in
                    !point.y.isFinite || (y.isLogarithmic && point.y <= 0)
                        || (prediction.isBound && !y.contains(point.y))
                }.map(Array.init).filter { $0.count > 1 }
                guard !stretches.isEmpty else { continue }
                predictions.append(
                    .line(
                        stretches, curve.colour.darkened(to: 0.55),
                        width: prediction.isBound ? 0.8 : 1.6, isDashed: true))
            }
            let isSparse = curve.points.count <= 26
            let marked = means.flatMap { isSparse || $0.count == 1 ? $0 : [] }
            if !marked.isEmpty && !curve.isLevel {
                points.append(.points(marked, curve.colour, curve.shape, size: 0.55 + rim / 12))
            }
        }
        return bands + lines + predictions + points
    }

    /// The stretches of a curve between means that are not finite.
    private static func runs(
        _ points: [(x: Double, summary: Summary)]
    ) -> [[(x: Double, summary: Summary)]] {
        points.split { !$0.summary.mean.isFinite }.map(Array.init)
    }

    /// Whether two curves have the same means at most points.
    private static func coincide(_ first: Series, _ second: Series) -> Bool {
        let pairs = zip(first.points, second.points)
        let equal = pairs.count { $0.x == $1.x && $0.summary.mean == $1.summary.mean }
        return equal * 2 > min(first.points.count, second.points.count)
    }

    private func drawTitles(
        into figure: inout Figure, area: Figure.Rectangle, frame: Figure.Rectangle
    ) {
        figure.texts.append(
            .init(
                text: xTitle, x: frame.left + frame.width / 2, y: frame.bottom + 41,
                anchor: .center, size: title == nil ? 13 : 12))
        if let yTitle {
            let lines = Self.wrapped(yTitle, width: frame.height + 30, size: Self.titleSize)
            for (index, line) in lines.enumerated() {
                figure.texts.append(
                    .init(
                        text: line, x: 14 + 15 * Double(index), y: frame.top + frame.height / 2,
                        anchor: .center, size: 13, isVertical: true))
            }
        }
        if let title {
            let lines = Self.wrapped(title, width: area.width + 24, size: 12)
            for (index, line) in lines.enumerated() {
                figure.texts.append(
                    .init(
                        text: line, x: area.left,
                        y: area.top - 12 - 14 * Double(lines.count - 1 - index), isBold: true))
            }
        }
    }

    private func drawLevel(into figure: inout Figure, frame: Figure.Rectangle, y: Axis) {
        guard let level, y.contains(level.value) else { return }
        let height = frame.bottom - y.fraction(of: level.value) * frame.height
        figure.strokes.append(
            .init(
                from: (frame.left, height), to: (frame.right, height), colour: .soft, width: 1.2,
                isDashed: true))
    }

    private func drawInfinities(
        of curve: Series, into figure: inout Figure, frame: Figure.Rectangle, y: Double
    ) {
        let broken = curve.points.filter { !$0.summary.mean.isFinite }
        var lastLabelEnd = -Double.infinity
        for point in broken {
            let mean = point.summary.mean
            let position =
                curve.isLevel ? frame.left + 8 : frame.left + x.fraction(of: point.x) * frame.width
            figure.marks.append(
                .init(
                    x: position, y: y,
                    shape: mean.isNaN ? .cross : mean > 0 ? .triangleUp : .triangleDown,
                    colour: curve.colour, size: 0.7))
            // How many seeds are infinite, where the label fits before the next mark.
            let label =
                mean.isNaN || point.summary.infiniteCount == 0
                ? "" : "\(point.summary.infiniteCount)/\(point.summary.count)"
            let width = Figure.width(of: label, size: 10)
            let isAtEdge = position + 7 + width > frame.right + 4
            let start = isAtEdge ? position - 7 - width : position + 7
            if !label.isEmpty, start > lastLabelEnd {
                figure.texts.append(
                    .init(text: label, x: start, y: y, size: 10, colour: curve.colour.asText))
                lastLabelEnd = start + width + 10
            }
        }
        figure.texts.append(
            .init(
                text: Self.kinds(curve).joined(), x: frame.left - 10, y: y, anchor: .right,
                size: 11, colour: .ink))
    }

    /// Names the curves at their right ends: pushed apart where they would touch, joined to their
    /// curves by a thin line.
    private func drawLabels(
        into figure: inout Figure, area: Figure.Rectangle, frame: Figure.Rectangle, y: Axis,
        broken: [Int]
    ) {
        var labels: [(text: String, colour: Colour, desired: Double)] = []
        for (index, curve) in series.enumerated() where !curve.isControl {
            let desired: Double
            guard let last = curve.points.last?.summary.mean else { continue }
            if last.isFinite {
                desired = frame.bottom - y.fraction(of: last) * frame.height
            } else if let row = broken.firstIndex(of: index) {
                desired = area.top + (Double(row) + 0.5) * Self.rowHeight
            } else {
                continue
            }
            labels.append((curve.name, curve.colour, desired))
        }
        if let level, y.contains(level.value) {
            labels.append(
                (level.label, .soft, frame.bottom - y.fraction(of: level.value) * frame.height))
        }
        let heights = LabelPlacement.spread(
            labels.map(\.desired), gap: Self.labelGap,
            within: area.top...max(area.top, frame.bottom))
        for (label, height) in zip(labels, heights) {
            figure.strokes.append(
                .init(
                    from: (frame.right + 2, label.desired), to: (frame.right + 16, height),
                    colour: label.colour, width: 1))
            figure.texts.append(
                .init(text: label.text, x: frame.right + 20, y: height, colour: label.colour.asText)
            )
        }
    }

    /// Breaks a text into lines that fit a width.
    static func wrapped(_ text: String, width: Double, size: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if !line.isEmpty, Figure.width(of: longer, size: size) > width {
                lines.append(line)
                line = String(word)
            } else {
                line = longer
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
