import TestSupport
import Testing

/// `run` and `validate` as a user meets them: what is refused before anything runs, and what an end
/// in the middle leaves.
@Suite struct RunCommandTests {
    private static func experiment(generations: Int, seeds: Int) -> String {
        """
        setting: gaussian
        sample-size: 20
        generations: \(generations)
        seeds: 0..\(seeds - 1)
        arms:
          replace: {workflow: replace}
          accumulate: {workflow: accumulate}
        """
    }

    /// Runs the program and sends it a signal once a first generation is on the disk.
    private static func interrupting(by signal: String) -> String {
        """
        env --default-signal=INT "$0" "$@" & program=$!
        until [ -n "$(find r/records -name '*.json' 2>/dev/null)" ] ||
            grep -q '^State:.Z' /proc/$program/status; do :; done
        kill -\(signal) $program
        wait $program
        """
    }

    @Test(
        "A terminal that is too narrow for the picture gets plain lines",
        arguments: [(20, false), (21, true), (80, true)])
    func narrowTerminals(columns: Int, isLive: Bool) throws {
        let program = try Program()
        try program.folder.write(Self.experiment(generations: 1, seeds: 1), "e.yaml")
        let outcome = try program.run(
            ["run", "e.yaml", "--output", "r"],
            script: """
                TERM=xterm script -qec "stty cols \(columns); $0 $*" /dev/null
                """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.contains("\u{1B}[J") == isLive)
        #expect(outcome.text.contains("arm replace  seed") != isLive)
    }

    @Test("What an arm asks of a setting that lacks it is refused with file, line, key and remedy")
    func missingCapabilities() throws {
        let program = try Program()
        try program.folder.write(
            """
            setting: gaussian-mixture
            sample-size: 10
            generations: 1
            arms:
              verified:
                workflow: replace
                curate:
                  - stage: exact-duplicates
                  - stage: verifier
            """, "verified.yaml")
        try program.folder.write(
            """
            setting: gaussian-mixture
            sample-size: 10
            generations: 1
            workflow: replace
            start-from: base
            """, "base.yaml")
        for command in [["validate"], ["run", "-o", "r"]] {
            let verified = try program.run(command + ["verified.yaml"])
            #expect(verified.status == 2)
            #expect(
                verified.errors.hasPrefix(
                    "Error: verified.yaml:9:9: `arms.verified.curate.1`: the setting gaussian-mixture has no "
                        + "right answers to verify examples by"))
            #expect(verified.errors.contains("remove the stage"))
            let base = try program.run(command + ["base.yaml"])
            #expect(base.status == 2)
            #expect(base.errors.hasPrefix("Error: base.yaml:5:13: `arms.replace.start-from`: "))
            #expect(base.errors.contains("use start-from: scratch or previous"))
        }
        #expect(!program.folder.exists("r"))
    }

    @Test("A killed run loses no generation on the disk and goes on to the same bytes")
    func killed() throws {
        let program = try Program()
        try program.folder.write(Self.experiment(generations: 50, seeds: 300), "e.yaml")
        let run = ["run", "e.yaml", "--quiet", "--workers", "1", "-o"]
        #expect(try program.run(run + ["whole"]).status == 0)
        #expect(
            try program.run(run + ["r"], script: Self.interrupting(by: "KILL")).status == 128 + 9)
        #expect(!program.folder.exists("r/metrics.csv"))
        // What was under construction is swept; what is recorded stays.
        let kept = program.folder.files(below: "r/records").filter { !$0.contains(".partial") }
        #expect(!kept.isEmpty)
        let before = try kept.map { try program.folder.bytes("r/records/\($0)") }
        #expect(try program.run(run + ["r"]).status == 0)
        #expect(try kept.map { try program.folder.bytes("r/records/\($0)") } == before)
        #expect(
            try program.folder.bytes("r/metrics.csv") == program.folder.bytes("whole/metrics.csv"))
    }

    @Test("A signal that the process was started to ignore, as by nohup, does not end it")
    func ignoredSignals() throws {
        let program = try Program()
        try program.folder.write(Self.experiment(generations: 100, seeds: 300), "e.yaml")
        let script = """
            trap '' INT HUP
            "$0" "$@" & program=$!
            until [ -n "$(find r/records -name 'gen*.json' 2>/dev/null)" ] ||
                grep -q '^State:.Z' /proc/$program/status; do :; done
            kill -INT $program
            kill -HUP $program
            wait $program
            """
        let outcome = try program.run(
            ["run", "e.yaml", "--quiet", "--workers", "1", "-o", "r"], script: script)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(program.folder.exists("r/report.html"))
    }

    @Test("A limit on the size of files is an error with a remedy, not the end of the process")
    func fileSizeLimit() throws {
        let program = try Program()
        try program.folder.write(Self.experiment(generations: 100, seeds: 300), "e.yaml")
        let outcome = try program.run(
            ["run", "e.yaml", "--quiet", "-o", "r"], script: "ulimit -f 8; \"$0\" \"$@\"")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("File too large; raise the limit on the size of files"))
    }

    @Test("An interrupted run ends with 130 and says how to go on")
    func interrupted() throws {
        let program = try Program()
        try program.folder.write(Self.experiment(generations: 1_000, seeds: 2_000), "e.yaml")
        let outcome = try program.run(
            ["run", "e.yaml", "--workers", "1", "-o", "r"], script: Self.interrupting(by: "INT"))
        #expect(outcome.status == 130)
        #expect(outcome.errors.contains("the same command"))
        #expect(!program.folder.files(below: "r/records").isEmpty)
    }
}
