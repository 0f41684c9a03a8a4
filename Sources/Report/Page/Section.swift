/// A section of the page: the page is a list of them, and its navigation names them.
struct Section {
    /// The anchor: small letters, digits and hyphens.
    var id: String
    var heading: String
    var body: Markup

    var markup: Markup {
        """
        <section id="\(id)"><h2>\(heading)</h2>
        \(body)</section>

        """
    }

    /// The section's entry in the navigation.
    var link: Markup { "<a href=\"#\(id)\">\(heading)</a> " }
}
