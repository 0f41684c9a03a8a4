import Collapse
import Support
import Testing

@Suite struct ScheduleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var schedule: Schedule
        var values: [Double]
    }

    static let cases = [
        Case(
            testDescription: "constant", schedule: .constant(0.3), values: [0.3, 0.3, 0.3]),
        Case(
            testDescription: "linear", schedule: .linear(from: 1, to: 0, horizon: 4),
            values: [1, 0.75, 0.5, 0.25, 0, 0]),
        Case(
            testDescription: "power, whole exponent", schedule: .power(scale: 12, exponent: 1),
            values: [12, 6, 4, 3]),
        Case(
            testDescription: "power, root", schedule: .power(scale: 12, exponent: 0.5),
            values: [12, 12 / 2.0.squareRoot(), 12 / 3.0.squareRoot(), 6]),
        Case(
            testDescription: "power, growing", schedule: .power(scale: 10, exponent: -2),
            values: [10, 40, 90, 160]),
        Case(
            testDescription: "exponential", schedule: .exponential(initial: 8, factor: 0.5),
            values: [8, 4, 2, 1, 0.5]),
        Case(
            testDescription: "step", schedule: .step(values: [1, 0.5, 0.1], at: [2, 3]),
            values: [1, 1, 0.5, 0.1, 0.1]),
        Case(
            testDescription: "cosine", schedule: .cosine(from: 1, to: 0, horizon: 4),
            values: [1, 0.853_553_390_593_273_8, 0.5, 0.146_446_609_406_726_24, 0, 0]),
        Case(testDescription: "table", schedule: .table([3, 1, 4]), values: [3, 1, 4]),
    ]

    @Test(arguments: cases)
    func values(testCase: Case) {
        for (t, expected) in testCase.values.enumerated() {
            let value = testCase.schedule.value(at: t) ?? .nan
            #expect(abs(value - expected) <= 4 * expected.ulp, "generation \(t): \(value)")
        }
    }

    @Test("Values depend on their own generation alone", arguments: cases)
    func extensionMovesNothing(testCase: Case) {
        let first = (0..<3).map { testCase.schedule.value(at: $0) }
        _ = testCase.schedule.value(at: 100)
        #expect((0..<3).map { testCase.schedule.value(at: $0) } == first)
    }

    @Test func tableEnds() {
        #expect(Schedule.table([1, 2]).value(at: 2) == nil)
    }

    @Test("Sample sizes round to nearest, ties to even")
    func rounding() {
        #expect(Schedule.table([2.5, 3.5, 2.4]).wholeNumber(at: 0) == 2)
        #expect(Schedule.table([2.5, 3.5, 2.4]).wholeNumber(at: 1) == 4)
    }

    @Test func contradictions() {
        let step: SpecificationValue = .map([
            .init("schedule", .text("step")), .init("values", .list([.number(1), .number(2)])),
            .init("at", .list([.integer(3), .integer(5)])),
        ])
        #expect(throws: SpecificationIssue.self) { try Schedule(step) }
        let unordered: SpecificationValue = .map([
            .init("schedule", .text("step")),
            .init("values", .list([.number(1), .number(2), .number(3)])),
            .init("at", .list([.integer(5), .integer(3)])),
        ])
        #expect(throws: SpecificationIssue.self) { try Schedule(unordered) }
    }
}
