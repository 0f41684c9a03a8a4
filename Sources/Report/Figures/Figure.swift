/// A figure as it is drawn: plots with data, and texts, strokes and marks placed in pixels from the
/// upper left corner.
package struct Figure: Sendable {
    /// The file name without its ending.
    package var name: String
    /// What the figure shows, for readers who cannot see it.
    package var title: String
    /// In pixels.
    package var width: Int
    /// In pixels.
    package var height: Int
    /// The pairs of axes, each with its own frame in the figure.
    package var plots: [Plot] = []
    /// Texts in front of the plots.
    package var texts: [Text] = []
    /// Straight lines in front of the plots.
    package var strokes: [Stroke] = []
    /// Single point marks in front of the plots, such as those of a legend.
    package var marks: [Mark] = []
    /// What the page's script draws in the figure's place; empty where the figure stays as it is.
    package var charts: [Chart] = []

    package init(name: String, title: String, width: Int, height: Int) {
        self.name = name
        self.title = title
        self.width = width
        self.height = height
    }

    /// A rectangle in pixels.
    package struct Rectangle: Sendable {
        /// The distance of the left edge from the figure's left edge.
        package var left: Double
        /// The distance of the top edge from the figure's top edge, downwards.
        package var top: Double
        /// The horizontal extent.
        package var width: Double
        /// The vertical extent.
        package var height: Double

        var right: Double { left + width }
        var bottom: Double { top + height }
    }

    /// Axes with curves.
    package struct Plot: Sendable {
        /// The area between the axes, without ticks and titles.
        package var frame: Rectangle
        /// The horizontal axis.
        package var x: Axis
        /// The vertical axis.
        package var y: Axis
        /// What is drawn inside the frame, from back to front.
        package var layers: [Layer]
    }

    /// Something drawn in the coordinates of the axes. Each run is one unbroken stretch: a curve is
    /// interrupted wherever a mean is infinite or undefined.
    package enum Layer: Sendable {
        case band([[(x: Double, low: Double, high: Double)]], Colour)
        case line([[(x: Double, y: Double)]], Colour, width: Double, isDashed: Bool)
        case points([(x: Double, y: Double)], Colour, PointShape, size: Double)
        case cells([Cell])
    }

    /// A filled rectangle in the coordinates of the axes.
    package struct Cell: Sendable {
        package var x: ClosedRange<Double>
        package var y: ClosedRange<Double>
        package var colour: Colour
    }

    /// One line of text, placed in pixels from the figure's upper left corner.
    package struct Text: Sendable {
        /// Which end of the text lies at its position; the raw value is gnuplot's keyword.
        package enum Anchor: String, Sendable { case left, center, right }

        /// The line; nothing is drawn where it is empty.
        package var text: String
        /// From the figure's left edge; see ``anchor``.
        package var x: Double
        /// From the figure's top edge downwards; see ``anchor``.
        package var y: Double
        /// Which end of the text lies at ``x`` and ``y``; across the line they are its middle.
        package var anchor: Anchor = .left
        /// The font size in pixels.
        package var size: Int = 12
        /// The colour of the letters.
        package var colour: Colour = .ink
        /// Whether the letters are bold.
        package var isBold = false
        /// Whether the text is turned by 90 degrees and reads upwards.
        package var isVertical = false
    }

    /// A straight line between two positions, in pixels from the figure's upper left corner.
    package struct Stroke: Sendable {
        /// Where the line begins.
        package var from: (x: Double, y: Double)
        /// Where the line ends.
        package var to: (x: Double, y: Double)
        /// The colour of the line.
        package var colour: Colour
        /// The thickness in pixels.
        package var width: Double = 1
        /// Whether the line is dashed.
        package var isDashed = false
    }

    /// A point mark, placed in pixels from the figure's upper left corner.
    package struct Mark: Sendable {
        /// From the figure's left edge, to the centre of the mark.
        package var x: Double
        /// From the figure's top edge downwards, to the centre of the mark.
        package var y: Double
        /// The shape, filled for all but the cross.
        package var shape: PointShape
        /// The colour of the mark.
        package var colour: Colour
        /// The size in gnuplot's unit, `pointsize`.
        package var size: Double
    }

    /// Figures of one name below each other.
    static func stacked(_ figures: [Figure]) -> Figure {
        var whole = figures[0]
        for figure in figures.dropFirst() {
            let down = Double(whole.height)
            whole.plots += figure.plots.map { plot in
                var plot = plot
                plot.frame.top += down
                return plot
            }
            whole.texts += figure.texts.map { text in
                var text = text
                text.y += down
                return text
            }
            whole.strokes += figure.strokes.map { stroke in
                var stroke = stroke
                stroke.from.y += down
                stroke.to.y += down
                return stroke
            }
            whole.marks += figure.marks.map { mark in
                var mark = mark
                mark.y += down
                return mark
            }
            whole.height += figure.height
            whole.charts += figure.charts
        }
        return whole
    }

    /// The width of a text in pixels: an estimate on the safe side for Helvetica, Arial and DejaVu
    /// Sans.
    static func width(of text: String, size: Int = 12) -> Double {
        Double(text.count) * Double(size) * 0.6
    }
}

/// What a figure is written as.
package enum FigureFormat: String, CaseIterable, Sendable {
    case svg, pdf, png
}
