import Collapse
import Foundation
import Glibc
import Lab
import Support
import TestSupport
import Testing

@Suite struct RunDirectoryTests {
    @Test func isLaidOutAsDocumented() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder / "runs/a")
        try run.write(specification: "name: a\n")
        try run.write(report: "<html></html>")
        try run.write(figure: Array("<svg/>".utf8), named: "headline.svg")
        try run.write(MetricTable())
        _ = try run.openEventLog()
        #expect(
            folder.files(below: "runs/a") == [
                ".lock", "events.jsonl", "experiment.yaml", "figures/headline.svg", "metrics.csv",
                "report.html",
            ])
        #expect(try run.specification() == "name: a\n")
        #expect(try run.summary() == nil)
    }

    @Test func refusesASecondWriterAndNamesTheFirst() throws {
        let folder = try TemporaryFolder()
        var run: RunDirectory? = try RunDirectory(opening: folder.path)
        let error = try #require(throws: StoreError.self) {
            try RunDirectory(opening: folder.path)
        }
        #expect(
            error.description
                == "\(folder.path) is in use by process \(getpid()); wait until it has ended, or choose "
                + "another --output")
        try run?.write(specification: "name: a\n")
        #expect(try RunDirectory(reading: folder.path).specification() == "name: a\n")
        run = nil
        #expect(try RunDirectory(opening: folder.path).specification() == "name: a\n")
    }

    @Test func aRunThatIsNotThereIsAnError() throws {
        let folder = try TemporaryFolder()
        let error = try #require(throws: FileError.self) {
            try RunDirectory(reading: folder / "missing")
        }
        #expect(
            error.description
                == "cannot open the run directory \(folder.path)/missing: No such file or directory; "
                + "check the path")
    }

    @Test func metricsComeBack() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        #expect(try run.metrics() == nil)
        var generator = TestGenerator(1)
        var table = MetricTable()
        for arm in ["replace", "a,b", "say \"hi\"", "two\nlines", "é", "", "\"", ",\"\n\""] {
            for seed in [0, 7, UInt64.max] {
                for generation in 0..<3 {
                    let value = Double(bitPattern: generator.next())
                    table.append(
                        .init(
                            arm: arm, seed: seed, generation: generation, metric: "m,1",
                            value: value.isNaN ? -0.0 : value))
                }
                table.append(
                    .init(arm: arm, seed: seed, generation: 3, metric: "m", value: .infinity))
            }
        }
        table.append(.init(arm: "z", seed: 0, generation: 0, metric: "m", value: .nan))
        try run.write(table)
        let read = try #require(try run.metrics())
        #expect(Array(read.rows).dropLast() == Array(table.rows).dropLast())
        #expect(Array(read.rows).last?.value.isNaN == true)
        #expect(read.csv == table.csv)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var text: String
        var finding: String
        var testDescription: String { finding }
    }

    @Test(arguments: [
        Bad(text: "", finding: "1: expected the header arm,seed,generation,metric,value"),
        Bad(text: "arm,seed\n", finding: "1: expected the header arm,seed,generation,metric,value"),
        Bad(
            text: "#a,1,2,m\n",
            finding: "2: found 4 fields, expected arm,seed,generation,metric,value"),
        Bad(text: "#a,-1,2,m,1\n", finding: "2: the seed \"-1\" is not a whole number"),
        Bad(text: "#a,1,x,m,1\n", finding: "2: the generation \"x\" is not a whole number"),
        Bad(text: "#a,1,2,m,one\n", finding: "2: the value \"one\" is not a number"),
        Bad(text: "#a,1,2,m,1", finding: "2: the line has no end"),
        Bad(
            text: "#a\"b,1,2,m,1\n",
            finding: "2: a quote inside a field that does not begin with one"),
        Bad(text: "#\"a\"b,1,2,m,1\n", finding: "2: expected a comma after a quoted field"),
        Bad(text: "#\"a,1,2,m,1\n", finding: "2: a quoted field has no end"),
        Bad(
            text: "#\"a\nb\",1,2,m,1\nc,1,2,m,\n", finding: "4: the value \"\" is not a number"),
        Bad(
            text: "#a,1,2,m,1\na,1,2,m,1\n",
            finding: "3: m of a, seed 1, generation 2 occurs twice"),
    ])
    func badMetricsAreRefusedWithTheLine(_ bad: Bad) throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        let text = bad.text.replacing("#", with: MetricTable.header + "\n")
        try folder.write(Array(text.utf8), "metrics.csv")
        let error = try #require(throws: StoreError.self) { try run.metrics() }
        #expect(
            error.description
                == "\(folder.path)/metrics.csv:\(bad.finding); the file is made from the records, so "
                + "delete it and run the same command again")
    }
}
