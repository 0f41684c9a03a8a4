import Collapse
import Foundation
import Lab
import Settings
import Support
import Testing

/// What a run does with files from outside, and with its copies of them.
@Suite struct ImportedFilesTests {
    private let base: BaseWorkshop
    private var workshop: Workshop { base.workshop }
    private var files: FileManager { .default }

    init() throws {
        base = try BaseWorkshop()
    }

    /// The folders of a run's objects that are copies of files from outside.
    private func copies(in run: String) throws -> [String] {
        let objects = workshop.root + "/" + run + "/objects"
        return try files.subpathsOfDirectory(atPath: objects)
            .filter { $0.hasSuffix("/object.json") }
            .map { objects + "/" + ($0 as NSString).deletingLastPathComponent }
            .filter { files.fileExists(atPath: $0 + "/tokenizer.json") }
            .filter {
                try String(contentsOfFile: $0 + "/object.json", encoding: .utf8).contains("input")
            }
    }

    private func flipFirstByte(of path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[0] ^= 1
        try files.removeItem(atPath: path)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    private func findings(_ run: String) throws -> [RunFinding] {
        let path = workshop.root + "/" + run
        let resolved = try #require(
            try ExperimentFile.recorded(in: path, settings: [LanguageSetting.declaration]))
        let prepared = try PreparedExperiment<LanguageSetting>(
            resolved, execution: workshop.execution(), mayFetch: false)
        // No report was written here, so that no sums were.
        return try RunVerification(prepared, in: RunDirectory(reading: path)).outcome().findings
            .filter { $0.part != .result }
    }

    @Test("A damaged copy is made anew from the original, and is an error without it")
    func damagedCopy() throws {
        let text = base.experiment(from: try base.model("gpt2"))
        _ = try workshop.measured(text)
        let copy = try #require(try copies(in: "run").first)
        let weights = try Data(contentsOf: URL(fileURLWithPath: copy + "/model.safetensors"))
        try flipFirstByte(of: copy + "/model.safetensors")
        #expect(try findings("run").map(\.part) == [.input])

        let own = workshop.root + "/run/experiment.yaml"
        #expect {
            _ = try workshop.measured(
                try String(contentsOfFile: own, encoding: .utf8), file: own)
        } throws: {
            "\($0)".contains("is damaged") && "\($0)".contains("put the model")
        }
        _ = try workshop.measured(text)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: copy + "/model.safetensors")) == weights)
        #expect(try findings("run").isEmpty)
    }

    @Test("The only copy is kept where it has lost its description, which is written again")
    func lostDescription() throws {
        let path = try base.model("gpt2")
        _ = try workshop.measured(base.experiment(from: path))
        try files.removeItem(atPath: path)
        let copy = try #require(try copies(in: "run").first)
        let description = try String(contentsOfFile: copy + "/object.json", encoding: .utf8)
        try files.removeItem(atPath: copy + "/object.json")
        #expect(try findings("run").map(\.part) == [.input])
        let own = workshop.root + "/run/experiment.yaml"
        _ = try workshop.measured(try String(contentsOfFile: own, encoding: .utf8), file: own)
        #expect(
            try String(contentsOfFile: copy + "/object.json", encoding: .utf8) == description)
        #expect(try findings("run").isEmpty)
    }

    @Test("A copy that is missing is found, and what could replace it is said")
    func missingCopy() throws {
        _ = try workshop.measured(base.experiment(from: try base.model("gpt2")))
        let copy = try #require(try copies(in: "run").first)
        try files.removeItem(atPath: copy)
        let found = try findings("run")
        #expect(found.map(\.part) == [.input])
        #expect(found.first?.problem == "is missing")
        let own = workshop.root + "/run/experiment.yaml"
        #expect {
            _ = try workshop.measured(
                try String(contentsOfFile: own, encoding: .utf8), file: own)
        } throws: {
            "\($0)".contains("base.model") && "\($0)".contains("a run's copy of a model")
        }
    }

    @Test("Runs that share a store share their copy of a base")
    func sharedCopy() throws {
        let text = base.experiment(from: try base.model("gpt2"))
        for run in ["one", "two"] {
            _ = try workshop.measured(text, run, sharing: workshop.root + "/common")
        }
        let numbers = try ["one", "two", "common"].map { run in
            let copy = try #require(try copies(in: run).first)
            let attributes = try files.attributesOfItem(atPath: copy + "/model.safetensors")
            return try #require(attributes[.systemFileNumber] as? Int)
        }
        #expect(Set(numbers).count == 1)
    }

    @Test(
        "Along a sweep bases stand as their names, which tell them apart",
        arguments: [
            ("base.model: [a/first, b/second]", ["first", "second"], ["first", "second"]),
            (
                "base: [{model: a/first}, {model: b/second}]", ["first", "second"],
                ["first", "second"]
            ),
            ("base.model: [a/same, b/same]", ["same (", "same ("], ["value-1", "value-2"]),
        ])
    func sweep(line: String, titles: [String], labels: [String]) throws {
        let places = line.contains("same") ? ["a/same", "b/same"] : ["a/first", "b/second"]
        _ = try base.model("gpt2", at: places[0])
        _ = try base.model("llama", at: places[1])
        let resolved = try ExperimentFile.load(
            text: base.experiment(
                """
                start-from: base
                sweep: {\(line)}
                arms:
                  replace: {workflow: replace}
                """), path: workshop.root + "/experiment.yaml", overrides: [],
            settings: [LanguageSetting.declaration])
        let prepared = try PreparedExperiment<LanguageSetting>(
            resolved, execution: workshop.execution())
        let values = prepared.arms.compactMap { $0.coordinates.first?.value.canonicalText }
        #expect(Set(values).count == 2)
        for (value, title) in zip(values, titles) {
            #expect(value.contains("\"\(title)"), "\(value)")
        }
        for (arm, label) in zip(prepared.arms, labels) {
            #expect(arm.specification.name.contains("=\(label)]"), "\(arm.specification.name)")
        }
        #expect(!prepared.resolved.value.canonicalText.contains(places[0]))
    }

    @Test("A run's file that was copied elsewhere runs where a preset is what it began from")
    func copiedFile() throws {
        _ = try base.model("gpt2", at: "models/tiny")
        let (values, text) = try workshop.measured(base.experiment(from: "tiny"))
        let (again, copy) = try workshop.measured(
            text, "again", file: workshop.root + "/elsewhere/copy.yaml")
        #expect(again == values)
        #expect(copy == text)
    }

    @Test("A base may be the folder of the experiment itself")
    func sameFolder() throws {
        let path = try base.model("gpt2")
        let (values, _) = try workshop.measured(
            base.experiment(from: "."), file: path + "/experiment.yaml")
        #expect(values["heldout.nats_per_token"]?["replace"]?[-1]?.count == 2)
    }
}
