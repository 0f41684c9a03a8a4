/// Gnuplot's SVG made fit to stand in a page: it loses the program's name and ids that would clash
/// with those of other figures, and gains a title for readers who cannot see it.
enum VectorImage {
    /// Whether gnuplot came to the end of the file.
    static func isWhole(_ svg: String) -> Bool {
        svg.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) } == "</svg>"
    }

    /// The cleaned file.
    static func cleaned(_ svg: String, figure: Figure) -> String {
        var lines: [String] = []
        var isInHeader = true
        var isInFilter = false
        for line in svg.split(separator: "\n", omittingEmptySubsequences: false) {
            if isInHeader {
                if line.hasPrefix("<g id=\"gnuplot_canvas\"") {
                    isInHeader = false
                    lines.append("<g>")
                }
                continue
            }
            if line.contains("<filter") { isInFilter = true }
            if line.contains("</filter>") {
                isInFilter = false
                continue
            }
            guard !isInFilter, !line.allSatisfy(\.isWhitespace) else { continue }
            lines.append(line.contains("<text>") ? String(line) : adapted(line, figure.name))
        }
        let body = lines.joined(separator: "\n")
        return """
            <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \
            width="\(figure.width)" height="\(figure.height)" \
            viewBox="0 0 \(figure.width) \(figure.height)" role="img" \
            font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif">
            <title>\(Markup.escaped(figure.title))</title>
            \(body)

            """
    }

    /// The same image for use inside HTML, where SVG needs no name spaces.
    static func inlined(_ svg: String) -> String {
        svg.replacing(" xmlns=\"http://www.w3.org/2000/svg\"", with: "", maxReplacements: 1)
            .replacing(
                " xmlns:xlink=\"http://www.w3.org/1999/xlink\"", with: "", maxReplacements: 1
            )
            .replacing("xlink:href=", with: "href=")
    }

    private static func adapted(_ line: Substring, _ name: String) -> String {
        if line.contains("id=\"gnuplot_plot_") { return "<g>" }
        return String(line).replacing("id='gp", with: "id='\(name)-gp")
            .replacing("href='#gp", with: "href='#\(name)-gp")
            .replacing(" shape-rendering='crispEdges'", with: "")
            .replacing(" font-family=\"Arial\"", with: "")
    }
}
