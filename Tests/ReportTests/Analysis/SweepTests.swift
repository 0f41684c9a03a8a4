import Collapse
import Report
import Support
import Testing

struct SweepTests {
    private func arm(
        _ name: String, _ coordinates: [(key: String, value: SpecificationValue)]
    ) -> ExperimentResults.Arm {
        .init(name: name, summary: "", coordinates: coordinates)
    }

    @Test func groupsArmsByTheirOtherCoordinates() throws {
        let sweep = try #require(Sweep(SampleResults.sweep().arms))
        #expect(sweep.key == "real-fraction")
        #expect(sweep.grid == [0, 0.1, 0.5, 1])
        #expect(sweep.groups.map(\.label) == ["fresh", "replayed"])
        #expect(sweep.groups.allSatisfy { $0.points.map(\.index) == [0, 1, 2, 3] })
        #expect(sweep.references == [0])
    }

    @Test func keepsArmsApartThatDifferOnlyInName() throws {
        let sweep = try #require(
            Sweep(
                ["red", "blue"].flatMap { colour in
                    [1, 2].map { arm("\(colour) n=\($0)", [(key: "n", value: .integer($0))]) }
                }))
        #expect(sweep.groups.count == 2)
        #expect(sweep.groups.map(\.label) == ["red n", "blue n"])
    }

    @Test func armsSweptEachOnItsOwnGridStayApart() throws {
        let arms = [("a", [0, 1]), ("b", [2, 3])].flatMap { name, values in
            values.map { arm("\(name)[n=\($0)]", [(key: "n", value: .integer($0))]) }
        }
        let sweep = try #require(Sweep(arms))
        #expect(sweep.groups.map(\.label) == ["a", "b"])
        #expect(sweep.groups.map { $0.points.map(\.index) } == [[0, 1], [2, 3]])
    }

    @Test func wordsAndSingleValuesMakeNoSweep() {
        #expect(Sweep([arm("a", []), arm("b", [])]) == nil)
        #expect(
            Sweep([
                arm("a", [(key: "model", value: .text("x"))]),
                arm("b", [(key: "model", value: .text("y"))]),
            ]) == nil)
        #expect(Sweep([arm("a", [(key: "n", value: .integer(1))])]) == nil)
    }
}
