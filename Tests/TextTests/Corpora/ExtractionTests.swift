import Testing
import Text

@Suite struct ExtractionTests {
    private func text(_ paragraphs: [[UInt8]]) -> [String] {
        paragraphs.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func markdownLosesItsMarks() {
        let markdown = """
            # A.1 What _is_ it?

            One **bold** and _italic_ line,
            then `code` and a [link](http://x.y/z_w) here.
            > _"A quotation_
            > goes on."_ [ **A Title** , p. 3]

              * first item
            goes on
              * second
            12. twelfth

            * * *
            snake_case stays, 3 * 4 not, co-
            operative, \\*star\\* ![picture](p.png) <b>tag</b> a < b
            """
        #expect(
            text(MarkdownText.paragraphs(of: Array(markdown.utf8))) == [
                "A.1 What is it?",
                "One bold and italic line, then code and a link here. \"A quotation goes on.\" "
                    + "[A Title, p. 3]",
                "first item goes on", "second", "twelfth",
                "snake_case stays, 3 4 not, co-operative, *star* tag a < b",
            ])
    }

    @Test func paragraphsOfAPageAreTaken() {
        let page = """
            <html><body><div id="x">no</div><div class="para">
              One <code class="c">two</code>&amp;&#233;&#xE9; &lt;x&gt;&nbsp;&unknown;
              <div class="list"><ul><li><div class="para">inner</div></li></ul></div>after
            </div><pre class="s"><div class="para">code</div></pre><!-- <div class="para">no</div> -->
            <div class="para"> </div><div class="paragraph">no</div><div class="para">last</div>
            """
        #expect(
            text(HTMLParagraphs.texts(in: Array(page.utf8), ofClass: "para")) == [
                "One two&éé <x>\u{A0}&unknown;", "inner", "after", "last",
            ])
    }

    @Test func brokenPagesEnd() {
        for page in [
            "<", "<div class=\"para\"", "<!-- ", "<div class=\"para\">a&", "</div></div>x",
        ] {
            _ = HTMLParagraphs.texts(in: Array(page.utf8), ofClass: "para")
        }
        #expect(
            text(HTMLParagraphs.texts(in: Array("<div class=\"para\">a&#0;".utf8), ofClass: "para"))
                == ["a\0"])
    }
}
