import Foundation
import TestSupport
import Testing

/// What commands do where their streams cannot be written to.
@Suite struct StandardStreamTests {
    private static let command = #""$0" "$@" "#

    private static let experiment = """
        setting: gaussian
        sample-size: 10
        generations: 2
        seeds: 0..1
        arms:
          replace: {workflow: replace}
        """

    @Test(arguments: ["2>&-", "2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-"])
    func nobodyReadingMessagesChangesNoResult(redirection: String) throws {
        let program = try Program()
        try program.folder.write(Self.experiment, "e.yaml")
        let outcome = try program.run(
            ["run", "e.yaml", "-o", "r"], script: Self.command + redirection)
        // The last line of a run is where the report is: only that is lost with standard output.
        #expect(outcome.status == (redirection.contains(">&- 2") ? 1 : 0))
        #expect(program.folder.exists("r/report.html"))
        let events = try program.folder.text("r/events.jsonl").split(separator: "\n")
        #expect(events.count >= 3 && events.allSatisfy { $0.hasPrefix("{\"v\":1,") })
        #expect(try program.folder.text("r/metrics.csv").hasPrefix("arm,seed,"))
    }

    @Test(arguments: ["2>&-", "2>/dev/full"])
    func errorsKeepTheirExitCodes(redirection: String) throws {
        let program = try Program()
        #expect(
            try program.run(["validate", "no.yaml"], script: Self.command + redirection).status == 2
        )
        #expect(try program.run(["no-command"], script: Self.command + redirection).status == 64)
        #expect(
            try program.run(["theory", "gaussian"], script: Self.command + redirection).status == 0)
    }

    @Test(arguments: [
        ["schema"], ["new", "gaussian"], ["recipes"], ["theory", "gaussian"],
        ["validate", "e.yaml"],
        ["schedule", "1"], ["--help"], ["run", "--help"], ["--version"],
    ])
    func resultsThatAreLostAreAnError(command: [String]) throws {
        let program = try Program()
        try program.folder.write(Self.experiment, "e.yaml")
        let full = try program.run(command, script: Self.command + ">/dev/full")
        #expect(full.status == 1)
        #expect(full.errors.contains("cannot write standard output: No space left on device"))
        #expect(try program.run(command, script: Self.command + ">&-").status == 1)
        #expect(try program.run(command).status == 0)
    }

    /// As any filter whose reader has enough, and without a word.
    @Test func aReaderMayLeave() throws {
        let program = try Program()
        let outcome = try program.run(
            ["schema"], script: "{ sleep 0.5; \(Self.command); echo $? >status; } | true")
        #expect(outcome.errors.isEmpty)
        #expect(try program.folder.text("status") == "141\n")
    }
}
