import Foundation
import Support
import TestSupport
import Testing

/// Experiments whose text a program chooses: what is started, and only with whose consent.
@Suite struct ExternalCommandTests {
    private let lab: TextLab

    /// Adds an experiment that keeps every other sample by `keep.sh`, which leaves a mark where it
    /// ran.
    init() throws {
        lab = try TextLab()
        try program("awk 'NR % 2 == 1'")
        try experiment("[./keep.sh, '--least', '3']")
    }

    private var mark: String { lab.folder / "mark" }

    private func program(_ command: String) throws {
        try lab.folder.write("#!/bin/sh\ntouch \(mark)\n\(command)\n", "keep.sh")
    }

    private func experiment(
        _ words: String, more: String = "", generations: Int = 2, file: String = "e.yaml"
    ) throws {
        try lab.folder.write(
            """
            name: small
            setting: language
            corpus: mine
            tokenizer: {kind: word, minimum-count: 1}
            model: {kind: ngram, order: 2, smoothing: witten-bell}
            sampling: {maximum-document-length: 60}
            evaluation: {bootstrap: 5, documents: 10, contexts: 20, sample-tokens: 200}
            sample-size: 600
            generations: \(generations)
            seeds: [0]
            arms:
              chosen: {workflow: accumulate, curate: [{stage: command, program: \(words)\(more)}]}
            """, file)
    }

    /// What the program says allows the experiment.
    private func consent(_ file: String = "e.yaml") throws -> String {
        let said = try lab.program("validate", file).errors
        return try #require(said.firstMatch(of: /--allow-commands ([0-9a-f]{64})/)?.1).description
    }

    private func run(
        _ directory: String = "r", file: String = "e.yaml", with consent: String? = nil
    ) throws -> Program.Outcome {
        try lab.program.run(
            ["run", file, "-o", directory, "-q"]
                + ["--allow-commands", try consent ?? self.consent(file)])
    }

    private var hasRun: Bool { lab.folder.exists("mark") }

    // MARK: Consent

    @Test("Nothing starts a program without consent to exactly this, and nothing stores it")
    func allowed() throws {
        let hash = try consent()
        let wrong = String(repeating: "0", count: 64)
        let commands: [[String]] = [
            ["run", "e.yaml", "-o", "r"],
            ["threshold", "e.yaml", "--key", "arms.chosen.sample-size", "--tolerance", "1"],
        ]
        for command in commands {
            for option in [[], ["--allow-commands", wrong], ["--allow-commands", ""]] {
                let refused = try lab.program.run(command + option)
                #expect(refused.status == 2, "\(refused.errors)")
                #expect(refused.errors.contains("keep.sh --least 3"))
                #expect(refused.errors.contains("--allow-commands \(hash)"))
                let sum = SHA256.digest(of: try lab.folder.bytes("keep.sh")).hexadecimal
                #expect(refused.errors.contains(sum))
                #expect(!lab.folder.exists("r") && !hasRun)
            }
        }
        for command in [["validate", "e.yaml"], ["theory", "e.yaml"]] {
            #expect(try lab.program.run(command).status == 0)
        }
        #expect(!hasRun)

        let done = try run()
        #expect(done.status == 0, "\(done.errors)")
        #expect(hasRun)
        try FileSystem.removeTree(mark)
        for (name, bytes) in try lab.contents(of: "r") {
            #expect(!String(decoding: bytes, as: UTF8.self).contains(hash), "\(name)")
        }
        #expect(!(try lab.folder.text("r/events.jsonl").contains(hash)))
        // A run that is complete, its copy, its report and what looks at it start nothing.
        try FileManager.default.copyItem(atPath: lab.folder / "r", toPath: lab.folder / "copy")
        for command in [
            ["run", "e.yaml", "-o", "r"], ["run", "copy/experiment.yaml", "-o", "copy"],
            ["run", "copy/experiment.yaml", "-o", "fresh"],
        ] {
            #expect(try lab.program.run(command).status == 2)
        }
        for command in ["report", "verify", "verdict"] {
            let outcome = try lab.program(command, "copy")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let record = "copy/records/chosen/seed-0/generation-002.json"
        try FileSystem.removeTree(lab.folder / record)
        #expect(try lab.program("verify", "copy", "--repair").status == 2)
        #expect(!hasRun)
        let mended = try lab.program("verify", "copy", "--repair", "--allow-commands", hash)
        #expect(mended.status == 0, "\(mended.errors)")
        #expect(try lab.folder.bytes(record) == lab.folder.bytes("r" + record.dropFirst(4)))
    }

    @Test("Consent is to content, arguments and limits, not to a place")
    func covered() throws {
        let hash = try consent()
        try FileManager.default.createDirectory(
            atPath: lab.folder / "elsewhere", withIntermediateDirectories: true)
        for name in ["keep.sh", "e.yaml"] {
            try FileManager.default.copyItem(
                atPath: lab.folder / name, toPath: lab.folder / "elsewhere/\(name)")
        }
        #expect(try consent("elsewhere/e.yaml") == hash)
        let variants: [(String, String)] = [
            ("[./keep.sh, '--least', '4']", ""), ("[./keep.sh, '--least', '3']", ", time-limit: 9"),
            ("[./keep.sh, '--least', '3']", ", memory-limit: 99"),
            ("[./keep.sh, '--least', '3']", ", returns: weights"),
            ("[/bin/sh, -c, 'awk 1']", ""), ("[/bin/sh, -c, 'awk 2']", ""),
            ("[/bin/sh, ./keep.sh, '--least', '3']", ""),
        ]
        var hashes = try variants.map { words, more in
            try experiment(words, more: more, file: "v.yaml")
            return try consent("v.yaml")
        }
        try program("cat")
        hashes += try [consent(), consent("v.yaml")]
        #expect(Set(hashes + [hash]).count == 10)
        // Code for an interpreter is known by its text.
        try experiment("[/bin/sh, -c, 'awk 2']", file: "v.yaml")
        #expect(try consent("v.yaml") == hashes[5])
        // A file that is part of an argument is text, too.
        try experiment("[/bin/sh, '--rcfile=./keep.sh']", file: "v.yaml")
        let part = try consent("v.yaml")
        try program("awk 1")
        #expect(try consent("v.yaml") == part)
    }

    // MARK: Content

    @Test("A run keeps the program, goes on with it, and refuses another in its place")
    func content() throws {
        let hash = try consent()
        #expect(try run().status == 0)
        let whole = try lab.contents(of: "r")
        let kept = try lab.folder.text("r/metrics.csv")
        #expect(kept.contains("curate.1.command.checksum"))
        #expect(try lab.folder.text("r/experiment.yaml").contains("n external command chose data"))
        #expect(try lab.folder.text("r/report.html").contains("external command"))

        try program("awk 'NR % 3 == 1'")
        let changed = try run(with: consent())
        #expect(changed.status == 2 && changed.errors.contains("curate.0.program.0"))
        #expect(try lab.contents(of: "r") == whole)
        try FileSystem.removeTree(lab.folder / "keep.sh")
        try FileSystem.removeTree(lab.folder / "r/records/chosen/seed-0/generation-002.json")
        let resumed = try run(file: "r/experiment.yaml", with: hash)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try lab.contents(of: "r") == whole)
    }

    @Test("A program that was too slow gets more time in the same run")
    func slow() throws {
        try program("sleep 100000")
        try experiment("[./keep.sh]", more: ", time-limit: 0.1", generations: 1)
        #expect(try run().status == 1)
        let first = try lab.folder.bytes("r/records/chosen/seed-0/generation-000.json")
        try experiment("[./keep.sh]", more: ", time-limit: 0.2", generations: 1)
        let again = try run()
        #expect(again.status == 2 && again.errors.contains("Add --extend"))
        let extended = try lab.program(
            "run", "e.yaml", "-o", "r", "-q", "--extend", "--allow-commands", try consent())
        #expect(extended.status == 1 && extended.errors.contains("time-limit of 0.2 s"))
        #expect(try lab.folder.bytes("r/records/chosen/seed-0/generation-000.json") == first)
    }

    @Test("What an interpreter is given is known by its content, too")
    func scripts() throws {
        try lab.folder.write("NR % 2 == 1\n", "odd.awk")
        try experiment("[/usr/bin/awk, -f, odd.awk]")
        let hash = try consent()
        #expect(try run().status == 0)
        #expect(try lab.folder.text("r/experiment.yaml").contains("/usr/bin/awk@sha256:"))
        try lab.folder.write("NR % 2 == 0\n", "odd.awk")
        #expect(try consent() != hash)
        let changed = try run()
        #expect(changed.status == 2 && changed.errors.contains("curate.0.program.2"))
    }

    @Test("A choice that is not the same again is found where it may be repeated")
    func repeated() throws {
        let same = try run()
        #expect(same.status == 0, "\(same.errors)")
        let hash = try consent()
        let silent = try lab.program("verify", "r")
        #expect(silent.status == 0 && silent.errors.contains("--allow-commands \(hash)"))
        let sound = try lab.program("verify", "r", "--allow-commands", hash)
        #expect(sound.status == 0, "\(sound.text)\(sound.errors)")
        #expect(sound.text.contains("chose the same again in 2 generations"))

        // A program that looks at what it has done before.
        let memory = lab.folder / "memory"
        try program("echo >> \(memory); n=$(wc -l < \(memory)); awk \"NR % 2 == $n % 2\"")
        let other = try consent()
        #expect(try run("fickle", with: other).status == 0)
        try lab.folder.write("\n", "memory")
        let fickle = try lab.program("verify", "fickle", "--allow-commands", other)
        #expect(fickle.status == 1)
        #expect(
            fickle.text.contains("arm chosen, seed 0, generation 1: the external command chose"))
    }

    // MARK: Programs that misbehave

    @Test(
        "A program that misbehaves stops its chain with arm, seed, generation and reason",
        arguments: [
            (
                "echo oh\\ no >&2; exit 3",
                "exited with status 3; the end of its standard error: oh no"
            ),
            ("kill -11 $$", "was ended by signal 11"), ("sleep 100000", "time-limit of 0.5 s"),
            ("yes '{'", "is not JSON"), ("exec tr '\\0' ' ' < /dev/zero", "output-limit of 1 MiB"),
            ("cat; echo '{\"id\": 0}'", "names the id 0 a second time"),
            ("printf '\\033[2Jgone\\n' >&2; exit 1", "<U+001B>[2Jgone"),
        ])
    func misbehaviour(command: String, message: String) throws {
        try program(command)
        try experiment(
            "[./keep.sh]",
            more: ", output-limit: 1, time-limit: \(message.contains("time-limit") ? 0.5 : 3600)",
            generations: 1)
        let outcome = try run()
        #expect(outcome.status == 1)
        let said = "arm chosen  seed 0  FAILED: generation 1: the external command keep.sh "
        #expect(outcome.errors.contains(said), "\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(!outcome.errors.contains("\u{1B}[2J"))
        #expect(lab.folder.exists("r/records/chosen/seed-0/generation-000.json"))
    }

    @Test(
        "What could not be started is refused before anything runs, by file, line and key",
        arguments: [
            ("[]", "a command needs a program"), ("[keep]", "is no file beside the experiment"),
            ("[./e.yaml]", "is neither a program"), ("['']", "is no file beside the experiment"),
            ("[/etc/passwd]", "may not be executed"), ("['rm -rf /']", "is no file"),
            ("./keep.sh", "expected a list of texts"),
        ])
    func refused(words: String, message: String) throws {
        try experiment(words)
        for command in ["validate", "run"] {
            let outcome = try lab.program(command, "e.yaml")
            #expect(outcome.status == 2)
            #expect(
                outcome.errors.contains("e.yaml:12") && outcome.errors.contains("program"),
                "\(outcome.errors)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }
        #expect(!lab.folder.exists("runs"))
    }

    @Test("A run that is ended ends its programs, and goes on to the bytes of one that was not")
    func interrupted() throws {
        let hash = try consent()
        #expect(try run("whole", with: hash).status == 0)
        let whole = try lab.contents(of: "whole")
        try FileSystem.removeTree(mark)
        // It waits for ever when it is started for the first time.
        let once = lab.folder / "once"
        #expect(mkfifo(lab.folder / "held", 0o600) == 0)
        try lab.folder.write(
            "#!/bin/sh\ntouch \(mark)\n[ -e \(once) ] || { exec 3>\(lab.folder / "held"); : > \(once); "
                + "sleep 100000 & wait; }\nawk 'NR % 2 == 1'\n", "keep.sh")
        let other = try consent()
        let ended = try lab.program.run(
            ["run", "e.yaml", "-o", "r", "-q", "--allow-commands", other],
            script: """
                env --default-signal=TERM "$0" "$@" & program=$!
                cat held > /dev/null & reader=$!
                until [ -e once ]; do :; done
                kill -TERM $program
                wait $program; status=$?
                # Nobody holds it any more.
                wait $reader
                exit $status
                """)
        #expect(ended.status == 143, "\(ended.errors)")
        #expect(try run(with: other).status == 0)
        let resumed = try lab.contents(of: "r")
        #expect(resumed["metrics.csv"] == whole["metrics.csv"])
    }
}
