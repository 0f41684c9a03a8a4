import Report
import Testing

struct MarkupTests {
    @Test func interpolatedStringsAreEscapedAndMarkupIsNot() {
        let name = "<b>\"Tom\" & 'Jo'</b>"
        let cell: Markup = "<td>\(name)</td>"
        #expect(cell.html == "<td>&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jo&#39;&lt;/b&gt;</td>")
        let row: Markup = "<tr>\(cell)\(7)</tr>"
        #expect(row.html == "<tr>\(cell.html)7</tr>")
    }

    @Test func controlCharactersBecomeVisible() {
        #expect(Markup.escaped("a\u{0}b\u{1b}c\r\n\td\u{7f}") == "a␀b␛c␍\n\td␡")
        #expect(Markup.escaped("\u{FFFE}") == "\u{FFFD}")
    }

    @Test(
        "Words between backticks are code, and a single backtick is itself",
        arguments: [
            ("with `a.b` and `<c>`.", "with <code>a.b</code> and <code>&lt;c&gt;</code>."),
            ("no code & none", "no code &amp; none"), ("a ` alone", "a ` alone"),
        ])
    func prose(text: String, html: String) {
        #expect(Markup.prose(text).html == html)
    }
}
