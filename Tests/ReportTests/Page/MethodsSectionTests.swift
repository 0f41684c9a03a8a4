import Collapse
import Foundation
import Report
import TestSupport
import Testing

@Suite struct MethodsSectionTests {
    @Test("The page holds a paragraph of methods and a reference, whatever names hold")
    func page() throws {
        let folder = try TemporaryFolder()
        var results = SampleResults.make(seeds: 4)
        results.methods = [(key: "model", value: "ngram, <order> 2")]
        results.environment += [
            (name: "collapselab", value: "1.2.3"), (name: "first day", value: "2026-11-30"),
            (name: "corpus tiny", value: "3 documents; SHA-256 abc"),
        ]
        _ = try ReportWriter(gnuplot: "no-such-gnuplot").write(Analysis(results), to: folder.path)
        let page = try String(contentsOfFile: folder / "report.html", encoding: .utf8)
        let words = page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for part in [
            "Task setting puddle (model: ngram, &lt;order&gt; 2; all other values that arms share are the program's",
            "for 3 further generations with 4 seeds",
            "Real data: corpus tiny: 3 documents; SHA-256 abc.",
            "Computed with CollapseLab 1.2.3 on 2026-11-30;", "version = {1.2.3}, year = {2026},",
        ] {
            #expect(
                words.contains(part.replacing("'", with: "&#39;")) || words.contains(part),
                "\(part)")
        }
    }
}
