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

    private static func page(_ folder: TemporaryFolder) throws -> String {
        try ReportWriter().write(results(), to: folder.path)
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
        let folder = try TemporaryFolder()
        _ = try Self.page(folder)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.program))
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path)/profile",
            "--dump-dom", "file://\(folder.path)/report.html",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let drawn = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(drawn.contains("class=\"interactive\""))
        #expect(drawn.contains("type=\"range\""))
        #expect(!drawn.contains("<title>broken"))
        // The last sample, which the slider shows, and the first beside it.
        #expect(drawn.contains("&lt;/script&gt;&lt;script&gt;document.title = 'broken'"))
        #expect(!drawn.contains("<img src=\"x\""))
    }
}
