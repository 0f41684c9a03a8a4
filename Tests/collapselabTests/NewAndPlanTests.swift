import TestSupport
import Testing

/// What a user does before the first run: `new` and `plan`.
@Suite struct NewAndPlanTests {
    private let lab: TextLab

    init() throws { lab = try TextLab() }

    // MARK: New

    @Test("A text becomes a corpus and an experiment that fits it, controls and all")
    func fromText() throws {
        let made = try lab.program("new", "text.txt", "--name", "other")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.text.hasPrefix("other.yaml: 5 generations of "))
        #expect(made.text.contains("`collapselab run other.yaml` runs it"))
        let text = try lab.folder.text("other.yaml")
        #expect(text.hasPrefix("# yaml-language-server: $schema=collapselab.schema.json\n"))
        #expect(try lab.folder.text("collapselab.schema.json").hasPrefix("{"))
        for line in ["corpus: other", "seeds: 0..4", "controls: true"] {
            #expect(text.contains("\n\(line)\n"), "\(text)")
        }
        // Every control has real text to the end.
        let valid = try lab.program("validate", "other.yaml")
        #expect(valid.status == 0, "\(valid.errors)")
        // Nothing is overwritten.
        let again = try lab.program("new", "--corpus", "other")
        #expect(again.status == 2 && again.errors.contains("other.yaml exists"))
        #expect(try lab.folder.text("other.yaml") == text)
        let printed = try lab.program("new", "--corpus", "other", "--output", "-")
        #expect(text.hasSuffix(printed.text))
    }

    @Test(
        "What cannot be begun with is refused",
        arguments: [
            (["nowhere.txt"], 2, "neither a text nor a setting nowhere.txt"),
            (["--corpus", "none"], 2, "there is no corpus none"),
            (["text.txt", "--corpus", "mine"], 64, "name a text to import, or a --corpus"),
            (["text.txt", "--name", "mine"], 2, "another corpus mine"),
            (["short.jsonl"], 2, "import more text"),
        ])
    func refused(arguments: [String], status: Int32, message: String) throws {
        let lines = (0..<60).map {
            "{\"text\": \"Few words and a number, \($0), of which not much is learnt.\"}"
        }
        try lab.folder.write(lines.joined(separator: "\n"), "short.jsonl")
        let outcome = try lab.program.run(["new"] + arguments)
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(!lab.folder.exists("mine.yaml") && !lab.folder.exists("short.yaml"))
    }

    // MARK: Plan

    @Test("A plan says what is needed, tries how long it takes, and leaves nothing behind")
    func plans() throws {
        try lab.folder.write("", "tmp/.keep")
        let script = "TMPDIR=\"$PWD/tmp\" \"$0\" \"$@\""
        let outcome = try lab.program.run(["plan", "e.yaml"], script: script)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "small: 2 arms, 2 seeds, generations 0 to 2: 12 fits")
        #expect(lines[1] == "on disk      0 of 12 files of records in runs/e")
        // replace trains on 3 times 1,500 tokens, accumulate on 1 + 2 + 3 times as many.
        #expect(
            lines[2] == "trained on   27000 tokens in all; most at once 4500, in the arm accumulate"
        )
        #expect(lines[3].contains(" of ") && lines[3].contains("examples"))
        #expect(lines[4].hasPrefix("time         about "))
        #expect(lines.contains { $0.hasPrefix("disk         about ") })
        #expect(lab.folder.files(below: "tmp").allSatisfy { !$0.contains("run/") })
        #expect(!lab.folder.exists("runs"))
    }

    @Test("What is there already is said, and not tried again")
    func planOfFinished() throws {
        #expect(try lab.program("run", "e.yaml", "-q").status == 0)
        let outcome = try lab.program("plan", "e.yaml")
        #expect(outcome.text.contains("12 of 12 files of records in runs/e"))
        #expect(outcome.text.contains("nothing is left to compute"))
        let further = try lab.program(
            "plan", "e.yaml", "-o", "runs/new", "--store", "runs/e", "--no-probe", "--json")
        #expect(further.status == 0)
        #expect(further.text.contains("\"recorded\" : 0"))
        #expect(further.text.contains("\"stored\" : 12"))
        #expect(further.text.contains("\"fits\" : 12"))
    }

    @Test("A plan refuses what a run would")
    func refusedPlan() throws {
        let outcome = try lab.program(
            "plan", "e.yaml", "--set", "sample-size=1e7", "--set", "generations=1")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("which would fit"), "\(outcome.errors)")
        #expect(outcome.text.isEmpty)
    }
}
