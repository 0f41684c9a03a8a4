import Testing

struct RecipeTests {
    @Test("Every bundled experiment can be read, and says in a line what it is")
    func recipes() throws {
        let program = try Program()
        let lines = try program("recipes").text.split(separator: "\n").map(String.init)
        let names = lines.filter { !$0.hasPrefix(" ") }
        #expect(names.count > 5)
        #expect(lines.count == 2 * names.count)
        for name in names {
            // Where no corpus has to be there, seeds' data and plans are checked too.
            let needsCorpus = try program("recipes", name).text.contains("corpus")
            let outcome = try program.run(
                ["validate", name] + (needsCorpus ? ["--file-only"] : []))
            #expect(outcome.status == 0, "\(name): \(outcome.errors)")
        }
    }

    @Test("A recipe of a paper has a page that compares it with the paper")
    func pages() throws {
        let program = try Program()
        let page = try program("recipes", "kazdan-gaussian", "--page")
        #expect(page.status == 0)
        #expect(page.text.contains("Kazdan"))
        #expect(try program("recipes", "demo-ngram", "--page").status == 2)
        #expect(try program("recipes", "--page").status == 64)
    }
}
