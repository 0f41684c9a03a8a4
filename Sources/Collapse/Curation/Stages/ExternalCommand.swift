import Compute
public import Support

/// Lets a program from outside choose: it reads documents as JSON lines and prints the ids of those
/// that it keeps, or a weight for each.
///
/// A line in is `{"id": 0, "text": "...", "provenance": 2, "generation": 3}`: the number of the
/// document in this call, its text, the generation that sampled it (0 for real text), and the
/// generation whose data is chosen. Bytes of a text that are no UTF-8 are replaced by U+FFFD. A line out
/// is `{"id": 0}`, or `{"id": 0, "weight": 0.5}` where weights are asked for; in any order, at any time,
/// and other members are ignored, so that a program may print the lines that it keeps.
public struct ExternalCommand: CurationStage {
    /// What a program prints.
    public enum Returns: String, CaseIterable, Sendable {
        /// The documents that it keeps.
        case ids
        /// A weight for every document.
        case weights
    }

    /// Which documents a program reads.
    public enum Judged: String, CaseIterable, Sendable {
        /// Samples alone; real data is trusted.
        case synthetic
        /// Every document.
        case all
    }

    /// The program, its arguments and its limits.
    public var call: CommandCall
    /// What the program prints.
    public var returns: Returns
    /// Which documents it reads.
    public var judged: Judged

    public static let name = "command"
    public static let help =
        "Let a program choose: it reads documents as lines of JSON (id, text, provenance, generation) "
        + "and prints the ids that it keeps, or weights. It is started only where --allow-commands "
        + "names it with its whole list of arguments, files by their content and all else by its text; "
        + "what it imports or opens besides is in no hash. That it answers alike every time is up to "
        + "it."
    static let program = Key<[String]>(
        "program", .list(.path(.word)),
        help:
            "The program and its arguments, [filter.py, --least, '3'], each as it is: there is no "
            + "shell. A relative path is that of a file beside the experiment, of which a run takes a "
            + "copy; an absolute one is of a file of this machine, which is used where it lies. Both "
            + "are known by their content, and every other argument by its text, be it code for an "
            + "interpreter, as after -c: --allow-commands covers all of them. It does not cover what a "
            + "program opens by itself: modules, libraries, the interpreter that its first line names, "
            + "and files that are part of an argument or lie in a folder that is one.")
    static let version = Key<String>(
        "version", .text, default: "",
        help:
            "What else its answers depend on, such as the versions of its libraries; it is part of "
            + "what names a result.")
    static let returned = Key<Returns>(
        "returns", .choice, default: .ids,
        help:
            "What it prints: the ids of the documents that it keeps, or a weight for each document."
    )
    static let appliesTo = Key<Judged>(
        "applies-to", .choice, default: .synthetic,
        help: "Which documents it reads: samples alone, as real data is trusted, or all.")
    private static let limit = HashScope.never(
        because: "a program that stays within its limits answers the same within others")
    static let timeLimit = Key(
        "time-limit", .number(0.1...1e6), default: 3_600, hashed: limit,
        help: "Seconds that one call, for one generation of one seed, may take; then it is killed.")
    static let memoryLimit = Key(
        "memory-limit", .integer(16...1_048_576), default: 8_192, hashed: limit,
        help: "The most address space of each of its processes, in MiB.")
    static let outputLimit = Key(
        "output-limit", .integer(1...1_048_576), default: 256, hashed: limit,
        help: "The most that one call may print, and the largest file that it may write, in MiB.")

    /// The names of the keys that decide whether there is a result, and nothing of it.
    public static let limits = [timeLimit.name, memoryLimit.name, outputLimit.name]

    @KeyList public static var keys: [KeyDeclaration] {
        program
        version
        returned
        appliesTo
        timeLimit
        memoryLimit
        outputLimit
    }

    public init(call: CommandCall, returns: Returns, judged: Judged) {
        self.call = call
        self.returns = returns
        self.judged = judged
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        let words = try value[Self.program]
        guard !words.isEmpty else {
            throw SpecificationIssue(
                path: [Self.program.name],
                message: "a command needs a program: write [PATH, ARGUMENT, ...]")
        }
        let mebibyte = 1 << 20
        let (returns, judged) = (try value[Self.returned], try value[Self.appliesTo])
        self.init(
            call: CommandCall(
                words: words, seconds: try value[Self.timeLimit],
                memory: try value[Self.memoryLimit] * mebibyte,
                output: try value[Self.outputLimit] * mebibyte,
                purpose: (returns == .ids ? "chooses among " : "weighs ")
                    + (judged == .all ? "all documents" : "samples"),
                text: value.canonicalText),
            returns: returns, judged: judged)
    }

    static let documents = MetricDeclaration(
        "documents", title: "documents read", direction: .neither,
        help: "Documents that the program was given.")
    static let kept = MetricDeclaration(
        "kept", title: "documents kept", direction: .neither,
        help: "Documents that the program kept, or gave a weight above 0.")
    static let checksum = MetricDeclaration(
        "checksum", title: "checksum of the choice", direction: .neither,
        help:
            "The first 48 bits of the SHA-256 of all weights that the program gave (1 and 0 for ids): "
            + "equal where it chose the same, and of no other meaning.",
        isChecksum: true)
    public static var metrics: [MetricDeclaration] { [documents, kept, checksum] }

    public var needs: Set<Capability> { [.text] }
    public var sparesGeneration0: Bool { judged == .synthetic }
    public var command: CommandCall? { call }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        let provenance = data.pool.provenance
        let read = provenance.indices.filter { judged == .all || provenance[$0] != 0 }
        guard !read.isEmpty else { return CurationOutcome(data: data) }
        var request = CommandRequest(data: data, indices: read, context: context)
        var answer = CommandAnswer(count: read.count, returns: returns)
        try context.run(call, input: { try request.next() }) { piece in
            if let piece { return try answer.take(piece) }
            try answer.finish()
            if read.count == provenance.count, !answer.weights.contains(where: { $0 > 0 }) {
                throw CommandFault(
                    (returns == .ids ? "kept none" : "gave a weight above 0 to none")
                        + " of the \(read.count) documents of generation \(context.generation), "
                        + "and nothing is left to train on")
            }
        }
        let kept = answer.weights.count { $0 > 0 }
        return CurationOutcome(
            data: apply(answer.weights, to: read, of: data),
            metrics: [
                Self.documents.value(Double(read.count)), Self.kept.value(Double(kept)),
                Self.checksum.value(answer.checksum),
            ])
    }

    private func apply<Examples>(
        _ weights: [Double], to indices: [Int], of data: TrainingData<Examples>
    ) -> TrainingData<Examples> {
        var factors = [Double](repeating: 1, count: data.examples.count)
        for (index, weight) in zip(indices, weights) { factors[index] = weight }
        switch returns {
        case .ids: return data.keeping { factors[$0] > 0 }
        case .weights:
            var weighted = data
            weighted.weights = data.weights.map { zip($0, factors).map { $0 * $1 } } ?? factors
            return weighted
        }
    }
}

/// The documents that a program reads, as lines of JSON, some at a time.
private struct CommandRequest<Setting: TaskSetting> {
    let data: TrainingData<Setting.Examples>
    /// The examples that are read, in the order of their ids.
    let indices: [Int]
    let context: CurationContext<Setting>
    private var position = 0

    /// Few enough that their text takes no memory that counts.
    private static var batch: Int { 64 }

    init(
        data: TrainingData<Setting.Examples>, indices: [Int], context: CurationContext<Setting>
    ) {
        self.data = data
        self.indices = indices
        self.context = context
    }

    /// The next lines, none after the last.
    mutating func next() throws -> [UInt8] {
        let batch = indices[position..<min(position + Self.batch, indices.count)]
        guard !batch.isEmpty else { return [] }
        let texts = try context.text(of: data.examples.selecting(Array(batch)))
        var writer = JSONWriter()
        for (id, (index, text)) in zip(position..., zip(batch, texts)) {
            writer.raw("{\"id\":")
            writer.number(id)
            writer.raw(",\"text\":")
            writer.string(String(decoding: text, as: UTF8.self))
            writer.raw(",\"provenance\":")
            writer.number(Int(data.pool.provenance[index]))
            writer.raw(",\"generation\":")
            writer.number(context.generation)
            writer.raw("}\n")
        }
        position += batch.count
        context.work.progress(position, indices.count)
        return writer.bytes
    }
}
