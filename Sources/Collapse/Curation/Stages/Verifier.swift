import Compute
public import Support

/// An imperfect verifier of synthetic examples: it keeps a right one with probability phi and a
/// wrong one with probability psi (Feng et al. 2025, section 4).
///
/// With phi > psi it lifts the share of right examples; a student of labels that are wrong with
/// probability p learns the truth below p* = 1/(1 + psi/phi) and its opposite above.
public struct Verifier: CurationStage {
    /// phi, the probability of keeping a right example.
    public var keepCorrect: Double
    /// psi, the probability of keeping a wrong example.
    public var keepWrong: Double

    public static let name = "verifier"
    public static let help =
        "Keep right and wrong synthetic examples with different probabilities, as an imperfect "
        + "verifier does. The setting must know which examples are right."
    static let keepingCorrect = Key(
        "keep-correct", .number(0...1), default: 1,
        help: "phi, the probability of keeping a right synthetic example.")
    static let keepingWrong = Key(
        "keep-wrong", .number(0...1), default: 0,
        help: "psi, the probability of keeping a wrong synthetic example.")

    @KeyList public static var keys: [KeyDeclaration] {
        keepingCorrect
        keepingWrong
    }

    public init(keepCorrect: Double, keepWrong: Double) {
        self.keepCorrect = keepCorrect
        self.keepWrong = keepWrong
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            keepCorrect: try value[Self.keepingCorrect], keepWrong: try value[Self.keepingWrong])
        guard keepCorrect > 0 || keepWrong > 0 else {
            throw SpecificationIssue(
                path: [Self.keepingCorrect.name],
                message:
                    "a verifier that keeps right and wrong examples with probability 0 keeps none: "
                    + "raise keep-correct or keep-wrong")
        }
    }

    static let wrongIn = MetricDeclaration(
        "wrong_in", title: "wrong before", direction: .lowerIsBetter,
        help: "Share of wrong examples among the synthetic ones before the stage.")
    static let wrongOut = MetricDeclaration(
        "wrong_out", title: "wrong after", direction: .lowerIsBetter,
        help: "Share of wrong examples among the synthetic ones that the stage left.")
    public static var metrics: [MetricDeclaration] { [wrongIn, wrongOut] }

    public var needs: Set<Capability> { [.correctness] }
    public var sparesGeneration0: Bool { true }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        guard context.generation > 0 else { return CurationOutcome(data: data) }
        let isCorrect = try context.correctness(of: data.examples)
        var random = RandomStream(context.key)
        var seen = Tally()
        var passed = Tally()
        let kept = data.keeping { index in
            // Every example takes its draw, so that one verdict moves no other.
            let draw = random.uniform()
            guard data.pool.provenance[index] != 0 else { return true }
            seen.add(isCorrect: isCorrect[index])
            guard draw < (isCorrect[index] ? keepCorrect : keepWrong) else { return false }
            passed.add(isCorrect: isCorrect[index])
            return true
        }
        return CurationOutcome(
            data: kept,
            metrics: [
                Self.wrongIn.value(seen.wrongShare),
                Self.wrongOut.value(passed.wrongShare),
            ])
    }

    private struct Tally {
        var count = 0
        var wrong = 0

        mutating func add(isCorrect: Bool) {
            count += 1
            if !isCorrect { wrong += 1 }
        }

        var wrongShare: Double { count == 0 ? .nan : Double(wrong) / Double(count) }
    }
}
