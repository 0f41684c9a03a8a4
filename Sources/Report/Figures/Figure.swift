/// A figure as it is drawn: plots with data, and texts, strokes and marks placed in pixels from the
/// upper left corner.
package struct Figure: Sendable {
    /// The file name without its ending.
    package var name: String
    /// What the figure shows, for readers who cannot see it.
    package var title: String
    package var width: Int
    package var height: Int
    package var plots: [Plot] = []
    package var texts: [Text] = []
    package var strokes: [Stroke] = []
    package var marks: [Mark] = []

    package init(name: String, title: String, width: Int, height: Int) {
        self.name = name
        self.title = title
        self.width = width
        self.height = height
    }

    /// A rectangle in pixels.
    package struct Rectangle: Sendable {
        package var left: Double
        package var top: Double
        package var width: Double
        package var height: Double

        var right: Double { left + width }
        var bottom: Double { top + height }
    }

    /// Axes with curves.
    package struct Plot: Sendable {
        package var frame: Rectangle
        package var x: Axis
        package var y: Axis
        package var layers: [Layer]
    }

    /// Something drawn in the coordinates of the axes. Each run is one unbroken stretch: a curve is
    /// interrupted wherever a mean is infinite or undefined.
    package enum Layer: Sendable {
        case band([[(x: Double, low: Double, high: Double)]], Colour)
        case line([[(x: Double, y: Double)]], Colour, width: Double, isDashed: Bool)
        case points([(x: Double, y: Double)], Colour, PointShape, size: Double)
    }

    package struct Text: Sendable {
        package enum Anchor: String, Sendable { case left, center, right }

        package var text: String
        package var x: Double
        package var y: Double
        package var anchor: Anchor = .left
        package var size: Int = 12
        package var colour: Colour = .ink
        package var isBold = false
        package var isVertical = false
    }

    package struct Stroke: Sendable {
        package var from: (x: Double, y: Double)
        package var to: (x: Double, y: Double)
        package var colour: Colour
        package var width: Double = 1
        package var isDashed = false
    }

    package struct Mark: Sendable {
        package var x: Double
        package var y: Double
        package var shape: PointShape
        package var colour: Colour
        package var size: Double
    }

    /// The width of a text in pixels: an estimate on the safe side for Helvetica, Arial and DejaVu Sans.
    static func width(of text: String, size: Int = 12) -> Double {
        Double(text.count) * Double(size) * 0.6
    }
}

/// What a figure is written as.
package enum FigureFormat: String, CaseIterable, Sendable {
    case svg, pdf, png
}
