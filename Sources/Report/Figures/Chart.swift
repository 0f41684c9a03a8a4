import Collapse
import Foundation

/// What the page's script needs to draw a plot again: with values under the pointer, curves that can
/// be hidden, and another axis.
package struct Chart: Encodable, Sendable {
    /// A curve.
    struct Curve: Encodable, Sendable {
        var name: String
        /// `#rrggbb`.
        var colour: String
        /// `circle`, `square`, `diamond`, each also as `open circle` and so on, or `cross`.
        var shape: String
        var isControl: Bool
        var isLevel: Bool
        /// For each place its x, mean, and half width of the confidence interval; what is not a number
        /// is null, and an infinite mean the word for it.
        var points: [[Number]]
        /// What theory says, as places of x and y.
        var predictions: [[[Number]]]
        /// The values of each seed at the places of `points`, where they are kept.
        var seeds: [[Number]]
    }

    /// A place on the axis that has a name.
    struct Tick: Encodable, Sendable {
        var position: Number
        var label: String
    }

    /// A number for JSON.
    struct Number: Encodable, Sendable {
        var value: Double

        init(_ value: Double) { self.value = value }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if value.isFinite {
                try container.encode(Self.short(value))
            } else if value.isNaN {
                try container.encodeNil()
            } else {
                try container.encode(value > 0 ? "inf" : "-inf")
            }
        }

        /// Six digits are more than a figure shows.
        private static func short(_ value: Double) -> Double {
            Double(String(format: "%.6g", value)) ?? value
        }
    }

    /// Where a curve comes to the level, below or above it by some pixels.
    struct Interval: Encodable, Sendable {
        var colour: String
        var shift: Number
        var value: Number?
        var low: Number?
        var high: Number?
    }

    var title: String
    var xTitle: String
    var yTitle: String
    var xRange: [Number]
    var xTicks: [Tick]
    var isXLogarithmic: Bool
    var isLogarithmic: Bool
    var level: Tick?
    var including: [Number]
    var curves: [Curve]
    var intervals: [Interval] = []
    /// The range of y, where it is not the data's own.
    var yRange: [Number]?
    /// Charts of a figure with one number have one scale.
    var scale: Int
    /// Whether the chart is as broad as the page.
    var isWide: Bool

    init(_ plot: SeriesPlot, scale: Int, isWide: Bool = false, keepsRange: Bool = false) {
        (self.scale, self.isWide) = (scale, isWide)
        if keepsRange { yRange = plot.y.map { [Number($0.lower), Number($0.upper)] } }
        title = plot.title ?? ""
        xTitle = plot.xTitle
        yTitle = plot.yTitle ?? plot.title ?? ""
        xRange = [Number(plot.x.lower), Number(plot.x.upper)]
        xTicks = plot.x.ticks.map { Tick(position: Number($0.position), label: $0.label) }
        isXLogarithmic = plot.x.isLogarithmic
        isLogarithmic = plot.logarithmic
        level = plot.level.map { Tick(position: Number($0.value), label: $0.label) }
        including = plot.including.map(Number.init)
        curves = plot.series.map { series in
            Curve(
                name: series.name, colour: series.colour.hex, shape: Self.word(of: series.shape),
                isControl: series.isControl, isLevel: series.isLevel,
                points: series.points.map { point in
                    [
                        Number(point.x), Number(point.summary.mean),
                        Number(point.summary.halfWidth()),
                    ]
                },
                predictions: series.predictions.map { curve in
                    curve.points.map { [Number($0.x), Number($0.y)] }
                },
                seeds: series.seeds.map { $0.map { Number($0 ?? .nan) } })
        }
    }

    /// A mark's shape, and whether it is filled.
    private static func word(of shape: PointShape) -> String {
        switch shape {
        case .circle: "circle"
        case .openCircle: "open circle"
        case .square: "square"
        case .openSquare: "open square"
        case .diamond: "diamond"
        case .openDiamond: "open diamond"
        case .triangleUp, .triangleDown, .cross: "cross"
        }
    }
}
