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

    @Test("Nothing is forecast across a phase, and before it as for an arm without it")
    func forecast() throws {
        let program = try Program()
        try program.folder.write(
            """
            name: g
            setting: gaussian
            sample-size: 20
            generations: 5
            seeds: 0..4
            arms:
              plain: {workflow: replace}
              late: {workflow: replace, phases: [{from: 5, workflow: accumulate}]}
            """, "g.yaml")
        #expect(try program("run", "g.yaml", "--output", "run", "--quiet").status == 0)
        let near = try program("forecast", "run", "--from", "3", "--horizon", "1", "--json")
        #expect(near.status == 0 && !near.text.contains("changes"), "\(near.errors)")
        let far = try program("forecast", "run", "--from", "3", "--horizon", "2")
        #expect(far.status == 0, "\(far.errors)")
        let said = "the arm changes at generation 5, and no law here holds before and after"
        #expect(far.text.split(separator: "\n").count { $0.contains(said) } == 1, "\(far.text)")
        // From the phase on its generations are of two laws, too.
        let after = try program("forecast", "run", "--from", "5", "--horizon", "3")
        #expect(after.text.contains(said), "\(after.text)")
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
