import Support
import TestSupport
import Testing

/// What becomes of a run directory when somebody else changes it: `verify` finds it, `--repair`
/// mends it to the same bytes, and neither `run` nor `report` is silent about it.
@Suite struct VerifyCommandTests {
    /// A change of one file of a run directory.
    struct Damage: CustomStringConvertible {
        /// The file below the run directory; the first that begins so and, for an object, ends in
        /// `end`.
        var prefix: String
        var end = ""
        var change: @Sendable (inout [UInt8]) -> Void
        var description: String { prefix + end }

        static let all = [
            Damage(prefix: "experiment.yaml") { $0[$0.count / 2] ^= 1 },
            Damage(prefix: "records/replace/seed-0/generation-001.json") {
                $0[$0.count / 2] ^= 4
            },
            Damage(prefix: "records/accumulate/seed-1/generation-002.json") { $0.removeAll() },
            Damage(prefix: "objects/", end: "tokens.bin") { $0[0] ^= 128 },
            Damage(prefix: "objects/", end: "object.json") { $0.removeLast(3) },
            Damage(prefix: "records/.experiment.yaml") { $0.removeLast(9) },
            Damage(prefix: "metrics.csv") { $0.append(10) },
            Damage(prefix: "run.json") { $0.removeLast() },
            Damage(prefix: "report.html") { $0[$0.count - 20] ^= 1 },
            Damage(prefix: "figures/", end: ".svg") { $0.removeLast(7) },
            Damage(prefix: "SHA256SUMS") { $0.removeAll() },
            Damage(prefix: "SHA256SUMS") { $0 = Array($0.dropFirst(80)) },
        ]

        func file(in lab: TextLab) throws -> String {
            try #require(
                lab.folder.files(below: "r").first { $0.hasPrefix(prefix) && $0.hasSuffix(end) })
        }
    }

    @Test("Whatever is damaged or missing is found by its name and mended to the same bytes")
    func findsAndMends() throws {
        let lab = try TextLab()
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        let whole = try lab.contents(of: "r")
        let sound = try lab.program("verify", "r")
        #expect(sound.status == 0, "\(sound.text)")
        #expect(sound.text.hasPrefix("r is as it was written: 12 of 12 files of records, "))

        for damage in Damage.all {
            let file = try damage.file(in: lab)
            var bytes = try #require(whole[file])
            damage.change(&bytes)
            try lab.folder.write(bytes, "r/" + file)
            let found = try lab.program("verify", "r")
            #expect(found.status == 1, "\(damage)")
            let place = file.hasPrefix("objects/") ? String(file.prefix(11)) : file
            #expect((found.text + found.errors).contains(place), "\(damage): \(found.text)")
            try lab.folder.write(try #require(whole[file]), "r/" + file)
        }
        // Of the specification and its copy, one is to be whole.
        for damage in Damage.all where damage.prefix != "records/.experiment.yaml" {
            let file = try damage.file(in: lab)
            var bytes = try lab.folder.bytes("r/" + file)
            damage.change(&bytes)
            try lab.folder.write(bytes, "r/" + file)
        }
        let removed = ["records/replace/seed-1/generation-000.json", "theory.csv", "metrics.csv"]
        for name in removed { try? FileSystem.removeTree(lab.folder / "r/" + name) }

        let mended = try lab.program("verify", "r", "--repair")
        #expect(mended.status == 0, "\(mended.text) \(mended.errors)")
        #expect(try lab.contents(of: "r") == whole)
        #expect(try lab.program("verify", "r").status == 0)
    }

    @Test("What is made from the records is mended from them, on a machine without the text")
    func mendsResultsAlone() throws {
        let lab = try TextLab()
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        let whole = try lab.contents(of: "r")
        try FileSystem.removeTree(lab.folder / "corpora/.cache")
        for name in ["metrics.csv", "report.html", "run.json", "records/.experiment.yaml"] {
            try FileSystem.removeTree(lab.folder / "r/" + name)
            let found = try lab.program("verify", "r//")
            #expect(found.status == 1)
            #expect(found.text.hasPrefix("r/\(name) is missing\nr: 1 finding in "), "\(found.text)")
            let mended = try lab.program("verify", "r", "--repair")
            #expect(mended.status == 0, "\(mended.errors)")
            #expect(try lab.contents(of: "r") == whole)
        }
        // A record is made by the run, which needs the text.
        let record = "records/replace/seed-1/generation-001.json"
        try FileSystem.removeTree(lab.folder / "r/" + record)
        let unmended = try lab.program("verify", "r", "--repair")
        #expect(unmended.status == 2, "\(unmended)")
    }

    @Test("A lost specification is put back from its copy, which the commands that need it say")
    func lostSpecification() throws {
        let lab = try TextLab()
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        let whole = try lab.contents(of: "r")
        try FileSystem.removeTree(lab.folder / "r/experiment.yaml")
        for command in ["report", "verify"] {
            let refused = try lab.program(command, "r")
            #expect(refused.status == 2)
            #expect(
                refused.errors.contains("`collapselab verify r --repair` puts the run's copy back"))
        }
        #expect(try lab.program("verify", "r", "--repair").status == 0)
        #expect(try lab.contents(of: "r") == whole)
        // Where the copy is damaged too, no advice leads back to it.
        for name in ["experiment.yaml", "records/.experiment.yaml"] {
            var bytes = try #require(whole[name])
            bytes[20] ^= 1
            try lab.folder.write(bytes, "r/" + name)
        }
        let refused = try lab.program("verify", "r", "--repair")
        #expect(refused.status == 1)
        #expect(!refused.errors.contains("--repair"))
        #expect(refused.errors.contains("give the command that made the run again"))
    }

    @Test("An object that lost its description is one finding")
    func objectWithoutDescription() throws {
        let lab = try TextLab()
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        let file = try #require(
            lab.folder.files(below: "r/objects").first { $0.hasSuffix("object.json") })
        try FileSystem.removeTree(lab.folder / "r/objects/" + file)
        let found = try lab.program("verify", "r")
        #expect(found.text.contains("\nr: 1 finding in "), "\(found.text)")
    }

    @Test("A finished run that lost a sample gets it back when it is run again")
    func lostSamples() throws {
        let lab = try TextLab()
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        let whole = try lab.contents(of: "r")
        let objects = lab.folder.files(below: "r/objects").filter { $0.hasSuffix("tokens.bin") }
        for object in objects.prefix(3) {
            try FileSystem.removeTree(FileSystem.parent(of: lab.folder / "r/objects/\(object)"))
        }
        #expect(try lab.program("verify", "r").status == 1)
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        #expect(try lab.contents(of: "r") == whole)
    }

    @Test("Another text under the same name is refused, and nothing of the run changes")
    func replacedCorpus() throws {
        let lab = try TextLab()
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        let whole = try lab.contents(of: "r")
        let specification = try lab.folder.text("r/experiment.yaml")
        #expect(specification.contains("\n  sources:\n    mine:\n      kind: corpus\n"))
        #expect(specification.contains("unit: documents"))
        #expect(try lab.folder.text("r/report.html").contains("documents ("))

        try lab.importText(shift: 1)
        for arguments in [
            ["run", "e.yaml"], ["run", "e.yaml", "--extend", "--set", "generations=3"],
        ] {
            let refused = try lab.program.run(arguments + ["-o", "r", "-q"])
            #expect(refused.status == 2)
            #expect(refused.errors.contains("under the name mine"))
            #expect(refused.errors.contains("choose another --output"))
        }
        #expect(try lab.contents(of: "r") == whole)
        // The report needs the records alone, and says of what they were made.
        #expect(try lab.program("report", "r").status == 0)
        #expect(try lab.contents(of: "r") == whole)
        let unchecked = try lab.program("verify", "r")
        #expect(unchecked.status == 0)
        #expect(unchecked.errors.contains("the corpus mine is another one than the run read"))
    }

    @Test("A report needs neither the corpus nor what is stored beside the records")
    func reportFromRecords() throws {
        let lab = try TextLab()
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        let page = try lab.folder.bytes("r/report.html")
        try FileSystem.removeTree(lab.folder / "corpora/.cache")
        #expect(try lab.program("report", "r").status == 0)
        #expect(try lab.folder.bytes("r/report.html") == page)
        try FileSystem.removeTree(lab.folder / "r/objects")
        #expect(try lab.program("report", "r").status == 0)
        #expect(try lab.folder.text("r/report.html").contains("accumulate"))
        // What is missing is said, not left out in silence.
        try FileSystem.removeTree(lab.folder / "r/records/replace/seed-0/generation-001.json")
        #expect(try lab.program("report", "r").status == 0)
        #expect(
            try lab.folder.text("r/report.html").contains(
                "1 generation is missing although later ones are recorded"))
    }

    @Test("A specification that was edited describes no report and no run")
    func editedSpecification() throws {
        let lab = try TextLab()
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        let original = try lab.folder.text("r/experiment.yaml")
        let edited = original.replacing("sample-size: 1500", with: "sample-size: 1501")
        #expect(edited != original)
        try lab.folder.write(edited, "r/experiment.yaml")
        for command in [["report", "r"], ["verify", "r"], ["run", "e.yaml", "-o", "r"]] {
            let refused = try lab.program.run(command)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("r/experiment.yaml is not as the run wrote it"))
            #expect(refused.errors.contains("verify r --repair"))
        }
        #expect(try lab.program("verify", "r", "--repair").status == 0)
        #expect(try lab.folder.text("r/experiment.yaml") == original)
        // Without it, what belongs to the experiment is kept and nothing else is overwritten.
        try FileSystem.removeTree(lab.folder / "r/experiment.yaml")
        #expect(try lab.program("run", "e.yaml", "-o", "r", "-q").status == 0)
        #expect(try lab.folder.text("r/experiment.yaml") == original)
        let record = try lab.folder.bytes("r/records/replace/seed-0/generation-001.json")
        try FileSystem.removeTree(lab.folder / "r/experiment.yaml")
        let other = try lab.program("run", "e.yaml", "-o", "r", "--set", "sample-size=1400")
        #expect(other.status != 0)
        #expect(other.errors.contains("generation-000.json was recorded for another"))
        #expect(
            try lab.folder.bytes("r/records/replace/seed-0/generation-001.json") == record)
    }

    @Test("A policy that keeps more models than before makes those that are missing")
    func moreCheckpoints() throws {
        let lab = try TextLab()
        let all = ["--set", "checkpoints=all", "-q"]
        #expect(
            try lab.program("run", "e.yaml", "-o", "r", "-q", "--set", "checkpoints=none").status
                == 0)
        #expect(try lab.program.run(["run", "e.yaml", "-o", "r", "--extend"] + all).status == 0)
        #expect(try lab.program.run(["run", "e.yaml", "-o", "fresh"] + all).status == 0)
        #expect(try lab.contents(of: "r/objects") == lab.contents(of: "fresh/objects"))
    }

    @Test("A directory that goes away while its run works ends the run, which makes no other")
    func movedAway() throws {
        let lab = try TextLab()
        let script = """
            "$0" "$@" & program=$!
            until [ -n "$(find r/records -name 'generation*' 2>/dev/null)" ] ||
                grep -q '^State:.Z' /proc/$program/status; do :; done
            mv r elsewhere
            wait $program
            """
        let outcome = try lab.program.run(
            [
                "run", "e.yaml", "-o", "r", "-q", "-w", "1", "--set", "seeds=0..199",
            ], script: script)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("r was moved, removed or replaced while the run worked"))
        #expect(!lab.folder.exists("r"))
        #expect(!lab.folder.exists("elsewhere/metrics.csv"))
    }
}
