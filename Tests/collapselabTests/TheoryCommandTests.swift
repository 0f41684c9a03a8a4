import Foundation
import TestSupport
import Testing

struct TheoryCommandTests {
    @Test("A setting's name stands for its arms at the defaults")
    func setting() throws {
        let program = try Program()
        let outcome = try program(
            "theory", "gaussian", "--set", "sample-size=10", "--set", "generations=2", "--metric",
            "gaussian.variance")
        #expect(outcome.status == 0)
        let lines = outcome.text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "arm,generation,metric,predicted,relation,source,note")
        // E[var] = (1 - 1/n)^k after k fits.
        #expect(lines[1].hasPrefix("replace,0,gaussian.variance,0.9,expectation,"))
        #expect(lines.contains { $0.hasPrefix("accumulate-subsample,2,gaussian.variance,") })
    }

    @Test("What is printed without a run is what the run is compared with")
    func run() throws {
        let program = try Program()
        let yaml = """
            name: g
            setting: gaussian
            sample-size: 10
            generations: 3
            seeds: 0..4
            arms:
              replace: {workflow: replace}
            """
        try program.folder.write(Array(yaml.utf8), "g.yaml")
        let theory = try program("theory", "g.yaml").text.split(separator: "\n")
            .dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[0...3] }
        #expect(try program("run", "g.yaml", "--output", "run", "--quiet").status == 0)
        let compared = try program.folder.text("run/theory.csv").split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false)[0...3] }
        #expect(!theory.isEmpty)
        #expect(theory == compared)
        #expect(try program.folder.text("run/report.html").contains("Measured against theory"))
    }

    @Test(
        "What does not exist is named, with what does",
        arguments: [
            (["theory", "gausian"], "gausian"),
            (["theory", "gaussian", "--metric", "gaussian.varience"], "gaussian.variance"),
            (["theory", "gaussian", "--set", "generations=-1"], "generations"),
        ])
    func wrong(arguments: [String], says: String) throws {
        let outcome = try Program().run(arguments)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(says))
        #expect(outcome.output.isEmpty)
    }
}
