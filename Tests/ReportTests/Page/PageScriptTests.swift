import Collapse
import Foundation
import Report
import TestSupport
import Testing

/// What the page's script is given, and what a browser makes of it.
@Suite struct PageScriptTests {
    /// Texts that would end their element, begin another, or break a script.
    private static let hostile = [
        "</script><script>document.title = 'broken'</script>", "<!-- <script> -->",
        "<img src=x onerror=\"document.title = 'broken'\">", "\u{2028}\u{2029}&amp;'\"\\",
    ]

    private static func results() -> ExperimentResults {
        var results = SampleResults.make(arms: ["replace", "</script><b>arm</b>"])
        results.samples = results.arms.flatMap { arm in
            hostile.indices.map { generation in
                ExperimentResults.Sample(
                    arm: arm.name, seed: results.seeds[0], generation: generation,
                    text: hostile[generation] + " end")
            }
        }
        return results
    }

    private static func page(
        _ folder: TemporaryFolder, _ results: ExperimentResults = results()
    ) throws -> String {
        try ReportWriter().write(Analysis(results), to: folder.path)
        return try folder.text("report.html")
    }

    @Test("Nothing in the data can end the element that it stands in")
    func data() throws {
        let page = try Self.page(try TemporaryFolder())
        // The data, the script, and nothing that a sample or a name brought.
        #expect(page.ranges(of: "</script").count == 2)
        #expect(page.ranges(of: "<script").count == 2)
        #expect(!page.contains("<b>arm"))
        #expect(markupFault(page) == nil)
    }

    @Test("The policy names the script that is there, and lets nothing be fetched")
    func policy() throws {
        let page = try Self.page(try TemporaryFolder())
        let policy = try #require(
            page.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)?.1)
        #expect(policy.contains("default-src &#39;none&#39;"))
        #expect(policy.contains("script-src &#39;sha256-"))
        #expect(!policy.contains("http"))
    }

    private static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(
        "A browser runs the page's script and no other: figures and samples are drawn as they are",
        .enabled(if: program != nil))
    func browser() throws {
        let drawn = try Self.drawn(Self.results())
        #expect(drawn.contains("class=\"interactive\""))
        #expect(drawn.contains("type=\"range\""))
        #expect(!drawn.contains("<title>broken"))
        // The last sample, which the slider shows, and the first beside it.
        #expect(drawn.contains("&lt;/script&gt;&lt;script&gt;document.title = 'broken'"))
        #expect(!drawn.contains("<img src=\"x\""))
    }

    @Test(
        "Values at the ends of the numbers stop no browser", .enabled(if: program != nil),
        arguments: [
            [4, 1e-40, 1e-290, .leastNormalMagnitude, .leastNonzeroMagnitude, 0],
            [.greatestFiniteMagnitude, -1e308, 1e308], [.infinity, 1e300], [0], [.nan, 1],
            [1e300, 1.000_000_000_000_001e300],
        ] as [[Double]])
    func corners(values: [Double]) throws {
        var results = SampleResults.make(generations: 8) { arm, seed, generation in
            values[(arm + seed + generation) % values.count]
        }
        results.setting.panels = results.setting.panels.map { panel in
            var panel = panel
            panel.logarithmic = true
            return panel
        }
        #expect(try Self.drawn(results).contains("id=\"page-data\""))
    }

    /// What a browser makes of the page within a minute.
    private static func drawn(_ results: ExperimentResults) throws -> String {
        let folder = try TemporaryFolder()
        _ = try page(folder, results)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = [
            "60", try #require(program), "--headless", "--no-sandbox", "--disable-gpu",
            "--user-data-dir=\(folder.path)/profile",
            "--dump-dom", "file://\(folder.path)/report.html",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let drawn = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return drawn
    }
}
