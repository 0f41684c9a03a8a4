import Testing
import Text

@Suite struct OSISTextTests {
    private func books(_ text: String) -> [[String]] {
        OSISText.books(in: Array(text.utf8)).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test func booksLoseTheirMarks() {
        let text = """
            <div sID="g1" type="front"/>Preface<div eID="g1" type="front"/>
            <div osisID="Gen" sID="g2" type="book"/> <milestone n="Genesis" type="x-h"/>
            <title type="main">Genesis</title>
            <div sID="g3" type="introduction"/><div sID="g4" type="x-p"/>About it.<div eID="g4" type="x-p"/>
            <div eID="g3" type="introduction"/>
            <div sID="g5" type="x-p"/><w lemma="strong:H1">In</w> <w>the</w>
            beginning,<note placement="foot"><reference>1:1 </reference>Or, <rdg>at first</rdg></note>God
            <q who="Jesus" marker="">“said</q>”<note>x</note>, <w>a</w> &amp; b.<note/>
            <div type="x-milestone" subType="x-preverse" sID="pv1"/>Then.<div eID="g5" type="x-p"/>
            <lg sID="g6"/><l level="1" sID="g7"/>First line,<l eID="g7"/> <l level="2" sID="g8"/>second
            line.<l eID="g8"/> <lb type="x-p"/><l sID="g9"/>Third.<l eID="g9"/><lg eID="g6"/>
            <div eID="g2" type="book"/><div sID="h1" type="book"/><speaker>She</speaker>Yes.
            <div sID="h2" type="glossary"/>Words<div eID="h2" type="glossary"/>
            """
        #expect(
            books(text) == [
                [
                    "Genesis", "In the beginning, God “said”, a & b. Then.",
                    "First line,\nsecond line.", "Third.",
                ], ["She", "Yes."],
            ])
    }

    @Test func brokenTextsEnd() {
        let book = #"<div sID="a" type="book"/>"#
        #expect(books("").isEmpty)
        #expect(books("no book").isEmpty)
        #expect(books(book).isEmpty)
        #expect(books(book + "One <w") == [["One"]])
        #expect(books(book + "One <note>two") == [["One"]])
        #expect(books(book + "</note>One</>< >") == [["One"]])
        #expect(books(#"<div eID="a" type="front"/>"# + book + "One") == [["One"]])
    }
}
