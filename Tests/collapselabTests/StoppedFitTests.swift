import TestSupport
import Testing

/// What a signal in the middle of a transformer's fit costs: no step and no bit.
@Suite struct StoppedFitTests {
    /// Runs the program and sends it a signal once a fit is under way: when `started` is true of the
    /// run directory `r`, and the program has computed for 0.3 seconds since.
    private static func stopping(by signal: String, when started: String) -> String {
        """
        env --default-signal=INT "$0" "$@" & program=$!
        ended() { ! grep -q '^State:.[^Z]' /proc/$program/status 2>/dev/null; }
        ticks() { cut -d ' ' -f 14 /proc/$program/stat 2>/dev/null; }
        until \(started) 2>/dev/null || ended; do :; done
        begun=$(ticks)
        until ended || [ $(ticks) -ge $((begun + 30)) ]; do :; done
        kill -\(signal) $program
        wait $program
        """
    }

    @Test("A transformer's fit goes on from the step that SIGTERM found it at, even after SIGKILL")
    func stopped() throws {
        let lab = try Self.lab()
        let run = ["run", "t.yaml", "--workers", "2", "-o"]
        let terminated = try lab.program.run(
            run + ["r"],
            script: Self.stopping(by: "TERM", when: Self.firstRecord))
        #expect(terminated.status == 128 + 15)
        #expect(terminated.errors.contains("Writing the state of 1 fit; a second signal ends"))
        #expect(terminated.errors.contains("run the same command to go on"))
        let states = lab.folder.files(below: "r/work")
        #expect(states.count == 1 && states[0].hasSuffix(".safetensors"), "\(states)")
        let killed = try lab.program.run(
            run + ["r"],
            script: Self.stopping(by: "KILL", when: "grep -q 'the fit goes on' r/events.jsonl"))
        #expect(killed.status == 128 + 9)
        let last = try lab.program.run(run + ["r"])
        #expect(last.status == 0, "\(last.errors)")
        try expectResumed(lab, times: 2)
    }

    @Test(
        "So does it after every signal that ends or warns",
        arguments: [
            ("run", "INT", 128 + 2), ("run", "HUP", 128 + 1), ("worker", "TERM", 128 + 15),
            ("worker", "USR2", 0),
        ])
    func signals(command: String, signal: String, status: Int32) throws {
        let lab = try Self.lab()
        #expect(try lab.program("prepare", "t.yaml", "-q", "-o", "r").status == 0)
        let arguments = command == "run" ? ["run", "t.yaml", "-o", "r"] : ["worker", "r"]
        let stopped = try lab.program.run(
            arguments, script: Self.stopping(by: signal, when: Self.firstRecord))
        #expect(stopped.status == status, "\(stopped.errors)")
        #expect(
            stopped.errors.lowercased().contains("writing the state of 1 fit"),
            "\(stopped.errors)")
        #expect(try lab.program.run(arguments).status == 0)
        #expect(try lab.program("collect", "r", "-q").status == 0)
        try expectResumed(lab, times: 1)
    }

    /// Expects that `r` holds what `whole` does, and that its fit was resumed so often.
    private func expectResumed(_ lab: TextLab, times: Int) throws {
        let notes = try lab.folder.text("r/events.jsonl").matches(
            of: /arm replace, seed 0, generation 1: the fit goes on from step (\d+) of 400/)
        #expect(notes.count == times)
        #expect(notes.allSatisfy { (1..<400).contains(Int($0.1) ?? 0) })
        #expect(try lab.contents(of: "r") == Self.whole.get())
    }

    /// What a run that nobody stops leaves.
    private static let whole = Result {
        let lab = try Self.lab()
        let outcome = try lab.program("run", "t.yaml", "-q", "-o", "whole")
        guard outcome.status == 0 else { throw TextLab.Failure(description: outcome.errors) }
        return try lab.contents(of: "whole")
    }

    private static let firstRecord = "[ -e r/records/replace/seed-0/generation-000.json ]"

    private static func lab() throws -> TextLab {
        let lab = try TextLab()
        try lab.folder.write(
            """
            setting: language
            corpus: mine
            tokenizer: {kind: word, minimum-count: 1}
            model: {kind: transformer, layers: 2, width: 32, heads: 2, context-length: 32}
            budget: {unit: steps, amount: 400}
            evaluation: {bootstrap: 10, contexts: 10, sample-tokens: 300}
            sample-size: 2000
            generations: 1
            seeds: 0..0
            checkpoints: all
            workflow: replace
            """, "t.yaml")
        return lab
    }
}
