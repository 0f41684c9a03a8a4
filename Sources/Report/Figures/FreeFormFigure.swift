/// A figure that the report draws beside the panels that a setting declares.
///
/// One more is a type that conforms and its name in the list of ``FigureBuilder``: its section
/// shows it.
protocol FreeFormFigure: Sendable {
    /// The file name without its ending, and the figure's id on the page.
    var name: String { get }
    var section: FigureSection { get }

    /// The figure with the words below it; nil where the results have nothing to show in it.
    func draw(_ builder: FigureBuilder) -> (figure: Figure, caption: String)?
}

/// The section of the page that a figure stands in.
package enum FigureSection: Hashable, Sendable {
    case headline, theory, sweep, scaling
    /// A section of figures alone, with its heading; the page makes it for the first of them.
    case panels(String)
}
