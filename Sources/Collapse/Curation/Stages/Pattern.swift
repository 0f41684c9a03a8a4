public import Support

/// Keeps examples whose text begins as it should and holds something so many times, as the sampling
/// of Kazdan et al. (2024), who keep what begins with `user: ` and holds exactly one `assistant: `.
public struct Pattern: CurationStage {
    /// What the text begins with; nil for anything.
    public var beginning: String?
    /// What the text holds; nil for anything.
    public var content: String?
    /// How often it holds it, exactly.
    public var times: Int
    /// Which examples are judged.
    public var judged: JudgedExamples

    public static let name = "pattern"
    public static let help =
        "Keep examples whose text begins with one text and holds another an exact number of times."
    static let beginsWith = Key<String?>(
        "begins-with", .optional(.text), default: .some(nil),
        help: "What the text of an example begins with, byte for byte.")
    static let holds = Key<String?>(
        "holds", .optional(.text), default: .some(nil),
        help: "What it holds, byte for byte.")
    static let count = Key(
        "times", .integer(0...1_000_000), default: 1,
        help: "How often it holds that, exactly; occurrences do not overlap.")
    static let appliesTo = JudgedExamples.key(default: .synthetic)

    @KeyList public static var keys: [KeyDeclaration] {
        beginsWith
        holds
        count
        appliesTo
    }

    public init(
        beginning: String?, content: String?, times: Int = 1, judged: JudgedExamples = .synthetic
    ) {
        self.beginning = beginning
        self.content = content
        self.times = times
        self.judged = judged
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            beginning: try value[Self.beginsWith], content: try value[Self.holds],
            times: try value[Self.count], judged: try value[Self.appliesTo])
        guard beginning != nil || content != nil else {
            throw SpecificationIssue(
                path: [], message: "a pattern needs begins-with, holds or both")
        }
        for (key, text) in [(Self.beginsWith, beginning), (Self.holds, content)]
        where text?.isEmpty == true {
            throw SpecificationIssue(
                path: [key.name],
                message: "every text has the empty one in it: give one or more characters, or "
                    + "leave this out")
        }
        if let beginning, let content {
            // What a text begins with is counted first, and so it holds no less.
            let least = Array(beginning.utf8).occurrences(of: Array(content.utf8))
            guard least <= times else {
                throw SpecificationIssue(
                    path: [Self.count.name],
                    message:
                        "what a text begins with holds that \(least) times already, so that no text "
                        + "holds it \(times) times: raise times, or change holds")
            }
        }
    }

    public var needs: Set<Capability> { [.text] }
    public var sparesGeneration0: Bool { judged == .synthetic }

    private static let beginShare = MetricDeclaration(
        "beginning_share", title: "right beginnings", direction: .neither,
        help: "The share of the judged examples that begin as they should.")
    private static let contentShare = MetricDeclaration(
        "content_share", title: "right contents", direction: .neither,
        help: "The share of the judged examples that hold what they should so many times.")
    private static let matchingShare = MetricDeclaration(
        "matching_share", title: "matches", direction: .neither,
        help: "The share of the judged examples that are kept.")
    public static var metrics: [MetricDeclaration] { [beginShare, contentShare, matchingShare] }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        let judged = judged.indices(in: data.pool)
        guard !judged.isEmpty else { return CurationOutcome(data: data) }
        let texts = try context.text(of: data.examples.selecting(judged))
        let begins = texts.map { text in beginning.map { text.starts(with: $0.utf8) } ?? true }
        let holds = texts.map { text in
            content.map { text.occurrences(of: Array($0.utf8)) == times } ?? true
        }
        var isKept = Array(repeating: true, count: data.examples.count)
        for (place, index) in judged.enumerated() { isKept[index] = begins[place] && holds[place] }
        func share(_ count: Int) -> Double { Double(count) / Double(judged.count) }
        return CurationOutcome(
            data: data.keeping { isKept[$0] },
            metrics: [
                Self.beginShare.value(share(begins.count { $0 })),
                Self.contentShare.value(share(holds.count { $0 })),
                Self.matchingShare.value(share(judged.count { isKept[$0] })),
            ])
    }
}

extension [UInt8] {
    /// How often these bytes hold others, which are some, without overlap from the left.
    fileprivate func occurrences(of part: [UInt8]) -> Int {
        var (found, start) = (0, 0)
        while start + part.count <= count {
            if self[start] == part[0], self[start..<start + part.count].elementsEqual(part) {
                found += 1
                start += part.count
            } else {
                start += 1
            }
        }
        return found
    }
}
