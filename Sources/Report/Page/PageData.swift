import Foundation

/// What the page's script reads: numbers and texts as JSON inside the page.
struct PageData: Encodable {
    /// A figure that the script draws again.
    struct DrawnFigure: Encodable {
        /// The figure's name, which is the end of its element's id.
        var id: String
        var charts: [Chart]
    }

    /// The samples of an arm.
    struct SampleSeries: Encodable {
        /// The id of the element whose place they take.
        var id: String
        var samples: [Entry]

        struct Entry: Encodable {
            var generation: Int
            var text: String
            /// Where the model that wrote it comes from.
            var note: String
        }
    }

    var figures: [DrawnFigure]
    var samples: [SampleSeries]

    /// JSON in which nothing can end the element that it stands in, nor begin another: `<`, `>` and
    /// `&` are written by their numbers.
    var markup: Markup {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(self) else { return "" }
        let text = String(decoding: bytes, as: UTF8.self)
            .replacing("<", with: "\\u003c").replacing(">", with: "\\u003e")
            .replacing("&", with: "\\u0026")
            .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
        return Markup(trusted: text)
    }
}
