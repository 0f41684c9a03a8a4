import Report
import Testing

@Suite struct LaTeXTableTests {
    @Test(
        "TeX reads a name as it is",
        arguments: [
            ("a_b", "a\\_b"), ("50%", "50\\%"), ("$x^2$", "\\$x\\textasciicircum{}2\\$"),
            ("\\input{x}", "\\textbackslash{}input\\{x\\}"),
            ("a & b # ~", "a \\& b \\# \\textasciitilde{}"),
            ("a--b", "a-{}-b"), ("[a<1]", "[a\\textless{}1]"), ("two\nlines", "two lines"),
            ("naïve", "naïve"),
        ])
    func escaped(text: String, expected: String) {
        #expect(LaTeXTable.escaped(text) == expected)
    }
}
