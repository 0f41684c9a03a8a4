/// A figure as a gnuplot script that holds its own data and writes to standard output.
package enum GnuplotScript {
    /// The script. Every text of the figure becomes a single-quoted string, in which gnuplot
    /// expands nothing; see ``quoted(_:)``.
    package static func text(_ figure: Figure, format: FigureFormat) -> String {
        var script = terminal(figure, format: format)
        script += """
            set encoding utf8
            set key off
            set clip one
            set clip two
            set border 3 linewidth 0.8 linecolor rgb '\(Colour.frame.hex)'
            set grid ytics linetype 1 linewidth 0.6 linecolor rgb '\(Colour.grid.hex)'
            set tics nomirror out scale 0.6

            """
        var block = 0
        var plots = ""
        for (index, plot) in figure.plots.enumerated() {
            plots += axes(plot, figure)
            if index == 0 { plots += decoration(figure) }
            var elements: [String] = []
            for layer in plot.layers {
                script += data(layer, block: block)
                elements.append("$data\(block) \(style(layer))")
                block += 1
            }
            if elements.isEmpty { elements = ["NaN with lines"] }
            plots += "plot " + elements.joined(separator: ", \\\n    ") + "\n"
            if index == 0 { plots += "unset label\nunset arrow\n" }
        }
        return script + "set multiplot\n" + plots + "unset multiplot\n"
    }

    /// A string literal that gnuplot takes word for word: quotes are doubled, control characters
    /// and backquotes (which elsewhere run a command) are replaced.
    package static func quoted(_ text: String) -> String {
        var result = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": result += "''"
            case "`": result += "ʼ"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "'"
    }

    private static func terminal(_ figure: Figure, format: FigureFormat) -> String {
        let (width, height) = (figure.width, figure.height)
        return switch format {
        case .svg:
            "set terminal svg size \(width),\(height) noenhanced font 'Arial,12' "
                + "background '#ffffff'\n"
        case .pdf:
            // 96 pixels an inch make a pixel three quarters of a point; this terminal draws a font
            // a third larger and a line half as wide as asked for.
            "set terminal pdfcairo size \(Double(width) / 96)in,\(Double(height) / 96)in noenhanced "
                + "font 'Arial,12' fontscale 0.5625 linewidth 1.5 background '#ffffff'\n"
        case .png:
            "set terminal pngcairo size \(width * 2),\(height * 2) noenhanced font 'Arial,12' "
                + "fontscale 1.5 linewidth 2 pointscale 2 background '#ffffff'\n"
        }
    }

    private static func axes(_ plot: Figure.Plot, _ figure: Figure) -> String {
        let (width, height) = (Double(figure.width), Double(figure.height))
        func ticks(_ axis: Axis, _ name: String) -> String {
            // An empty list would stand for gnuplot's own.
            guard !axis.ticks.isEmpty else { return "unset \(name)" }
            let places = axis.ticks.map { "\(quoted($0.label)) \($0.position)" }
            return
                "set \(name) (\(places.joined(separator: ", "))) textcolor rgb '\(Colour.ink.hex)'"
        }
        return """
            set lmargin at screen \(share(plot.frame.left / width))
            set rmargin at screen \(share(plot.frame.right / width))
            set tmargin at screen \(share(1 - plot.frame.top / height))
            set bmargin at screen \(share(1 - plot.frame.bottom / height))
            \(plot.x.isLogarithmic ? "set" : "unset") logscale x
            \(plot.y.isLogarithmic ? "set" : "unset") logscale y
            set xrange [\(plot.x.lower):\(plot.x.upper)]
            set yrange [\(plot.y.lower):\(plot.y.upper)]
            \(ticks(plot.x, "xtics"))
            \(ticks(plot.y, "ytics"))

            """
    }

    /// Texts, strokes and marks, which lie in the coordinates of the page.
    private static func decoration(_ figure: Figure) -> String {
        let (width, height) = (Double(figure.width), Double(figure.height))
        func at(_ x: Double, _ y: Double) -> String {
            "screen \(share(x / width)),\(share(1 - y / height))"
        }
        var text = ""
        for stroke in figure.strokes {
            text += "set arrow from \(at(stroke.from.x, stroke.from.y)) to "
            text += "\(at(stroke.to.x, stroke.to.y)) nohead front linewidth \(stroke.width) "
            text += "linecolor rgb '\(stroke.colour.hex)'"
            text += (stroke.isDashed ? " dashtype (6,4)" : "") + "\n"
        }
        for mark in figure.marks {
            text += "set label '' at \(at(mark.x, mark.y)) front point pointtype "
            text += "\(mark.shape.rawValue) pointsize \(mark.size) "
            text += "linecolor rgb '\(mark.colour.hex)'\n"
        }
        for label in figure.texts where !label.text.isEmpty {
            text += "set label \(quoted(label.text)) at \(at(label.x, label.y)) "
            text += label.anchor.rawValue + (label.isVertical ? " rotate by 90" : "")
            text += " font '\(label.isBold ? "Arial Bold" : "Arial"),\(label.size)' "
            text += "textcolor rgb '\(label.colour.hex)' front\n"
        }
        return text
    }

    /// The numbers of a layer. A blank line ends a stretch: the curve is broken there.
    private static func data(_ layer: Figure.Layer, block: Int) -> String {
        let lines: [String]
        switch layer {
        case .band(let runs, _):
            lines = runs.map { run in
                run.map { "\($0.x) \($0.low) \($0.high)" }.joined(separator: "\n")
            }
        case .line(let runs, _, _, _):
            lines = runs.map { run in run.map { "\($0.x) \($0.y)" }.joined(separator: "\n") }
        case .cells(let cells):
            lines = [
                cells.map { cell in
                    let (x, y) = (cell.x, cell.y)
                    return
                        "\((x.lowerBound + x.upperBound) / 2) \((y.lowerBound + y.upperBound) / 2) "
                        + "\(x.lowerBound) \(x.upperBound) \(y.lowerBound) \(y.upperBound) "
                        + "\(cell.colour.number)"
                }.joined(separator: "\n")
            ]
        case .points(let points, _, _, _):
            lines = [points.map { "\($0.x) \($0.y)" }.joined(separator: "\n")]
        }
        return "$data\(block) << END\n" + lines.joined(separator: "\n\n") + "\nEND\n"
    }

    private static func style(_ layer: Figure.Layer) -> String {
        switch layer {
        case .band(_, let colour):
            "using 1:2:3 with filledcurves fillcolor rgb '\(colour.hex)' "
                + "fillstyle transparent solid 0.18 noborder"
        case .line(_, let colour, let width, let isDashed):
            "using 1:2 with lines linecolor rgb '\(colour.hex)' linewidth \(width)"
                + (isDashed ? " dashtype (6,4)" : "")
        case .cells:
            "using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid noborder linecolor rgb variable"
        case .points(_, let colour, let shape, let size):
            "using 1:2 with points linecolor rgb '\(colour.hex)' pointtype \(shape.rawValue) "
                + "pointsize \(size)"
        }
    }

    /// A position as a share of the page, with enough digits for a hundredth of a pixel.
    private static func share(_ share: Double) -> String {
        String((share * 1e6).rounded() / 1e6)
    }
}
