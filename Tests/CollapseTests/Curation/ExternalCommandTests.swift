import Collapse
import Compute
import Support
import Synchronization
import Testing

@Suite struct ExternalCommandTests {
    /// A program that is a function of what it reads.
    private final class Played: CommandExecutor {
        private let answers: @Sendable (_ request: String) -> String
        /// How many bytes of the answer come at once.
        private let piece = 7
        let read = Mutex("")

        init(_ answers: @escaping @Sendable (_ request: String) -> String) {
            self.answers = answers
        }

        func run(
            _ call: CommandCall, input: () throws -> [UInt8],
            output: (UnsafeRawBufferPointer?) throws -> Void
        ) throws {
            var request: [UInt8] = []
            while case let bytes = try input(), !bytes.isEmpty { request += bytes }
            let text = String(decoding: request, as: UTF8.self)
            read.withLock { $0 = text }
            var answer = Array(answers(text).utf8)[...]
            while !answer.isEmpty {
                try Array(answer.prefix(piece)).withUnsafeBytes { try output($0) }
                answer = answer.dropFirst(piece)
            }
            try output(nil)
        }
    }

    /// Real 5, 5, 12 and synthetic 5, 31, 44, 44, 20.
    private var data: TrainingData<ToyExamples> {
        var pool = Pool(ToyExamples([5, 5, 12]), provenance: 0)
        pool.append(Pool(ToyExamples([5, 31, 44, 44, 20]), provenance: 2))
        return TrainingData(pool: pool, weights: [1, 1, 1, 2, 2, 2, 2, 2])
    }

    private func stage(
        _ returns: ExternalCommand.Returns = .ids, _ judged: ExternalCommand.Judged = .synthetic
    ) -> ExternalCommand {
        ExternalCommand(
            call: CommandCall(
                words: ["p"], seconds: 1, memory: 1, output: 1, purpose: "chooses", text: "p"),
            returns: returns, judged: judged)
    }

    private func curated(
        _ stage: any CurationStage, _ executor: (any CommandExecutor)?, generation: Int = 2
    ) throws -> (values: [Int], weights: [Double]?, metrics: [String: Double]) {
        let setting = ToySetting()
        let outcome = try stage.apply(
            to: data,
            in: CurationContext(
                setting: setting,
                seedData: try setting.makeSeedData(seed: 1, stream: 0, initialSize: 8),
                generation: generation, initialSize: 8,
                key: RandomKey(seed: 1, generation: generation, purpose: .curate),
                work: Workload(workers: 1, commands: executor), model: { _ in nil }))
        return (
            outcome.data.examples.values, outcome.data.weights,
            Dictionary(uniqueKeysWithValues: outcome.metrics.map { ($0.name, $0.value) })
        )
    }

    private func ids(_ ids: [Int]) -> String {
        ids.map { "{\"id\":\($0)}\n" }.joined()
    }

    @Test("It reads samples with where they come from and keeps those that it names, in any order")
    func keeps() throws {
        let program = Played { _ in "{\"id\": 3}\r\n\n {\"id\":0,\"text\":\"x\"}\n{\"id\":1}" }
        let result = try curated(stage(), program)
        #expect(result.values == [5, 5, 12, 5, 31, 44])
        #expect(result.weights == [1, 1, 1, 2, 2, 2])
        #expect(result.metrics["documents"] == 5 && result.metrics["kept"] == 3)
        #expect(
            program.read.withLock { $0 }
                == """
                {"id":0,"text":"5","provenance":2,"generation":2}
                {"id":1,"text":"31","provenance":2,"generation":2}
                {"id":2,"text":"44","provenance":2,"generation":2}
                {"id":3,"text":"44","provenance":2,"generation":2}
                {"id":4,"text":"20","provenance":2,"generation":2}

                """)
    }

    @Test("A program may print the lines that it keeps, real ones among them where it judges all")
    func echoes() throws {
        let echo = Played { $0 }
        #expect(try curated(stage(), echo).values == data.examples.values)
        let all = try curated(stage(.ids, .all), echo)
        #expect(all.values == data.examples.values && all.metrics["documents"] == 8)
        let some = try curated(stage(.ids, .all), Played { _ in ids([1, 6]) })
        #expect(some.values == [5, 44])
    }

    @Test("Weights multiply those that are there, and 0 leaves out nothing but its weight")
    func weighs() throws {
        let weights = [0.5, 0, 3, 1, 1e-3]
        let program = Played { _ in
            weights.enumerated().map { "{\"weight\":\($0.element),\"id\":\($0.offset)}\n" }.joined()
        }
        let result = try curated(stage(.weights), program)
        #expect(result.values == data.examples.values)
        #expect(result.weights == [1, 1, 1] + weights.map { 2 * $0 })
        #expect(result.metrics["kept"] == 4)
    }

    @Test("The checksum is that of the choice, however it is printed")
    func checksum() throws {
        func checksum(_ order: [Int]) throws -> Double? {
            try curated(stage(), Played { _ in ids(order) }).metrics["checksum"]
        }
        #expect(try checksum([1, 2, 3]) == checksum([3, 1, 2]))
        #expect(try checksum([1, 2, 3]) != checksum([1, 2, 4]))
    }

    @Test("Its random control keeps as many samples, and generation 0 starts nothing")
    func controls() throws {
        let random = RandomLike(like: stage())
        #expect(random.command == stage().call && random.needs == [.text])
        let result = try curated(random, Played { _ in ids([0, 2]) })
        #expect(result.values.count == 5 && result.values.prefix(3) == [5, 5, 12])
        var real = data
        real.pool = Pool(ToyExamples([5, 5, 12]), provenance: 0)
        real.weights = nil
        let setting = ToySetting()
        let context = CurationContext<ToySetting>(
            setting: setting,
            seedData: try setting.makeSeedData(seed: 1, stream: 0, initialSize: 8), generation: 0,
            initialSize: 8, key: RandomKey(seed: 1, purpose: .curate), work: Workload(workers: 1),
            model: { _ in nil })
        #expect(try stage().apply(to: real, in: context).data.examples.values == [5, 5, 12])
        #expect(throws: CommandsNotAllowed.self) { try curated(stage(), nil) }
    }

    @Test(
        "An answer that cannot be right is refused, by its line",
        arguments: [
            (.ids, "{\"id\":0}\n{\"id\":5}\n", "line 2 that names the id 5, which no document has"),
            (.ids, "{\"id\":-1}", "which no document has: ids are 0 to 4"),
            (.ids, "{\"id\":1}\n{\"id\":1}\n", "names the id 1 a second time"),
            (.ids, "{\"id\":1.5}", "no id that is a whole number"),
            (.ids, "{\"id\":\"1\"}", "no id that is a whole number"),
            (.ids, "{\"ID\":1}", "no id that is a whole number"),
            (.ids, "1\n", "is a number, where an object with an id belongs"),
            (.ids, "kept 3\n", "is not JSON"), (.ids, "{\"id\":1}}\n", "is not JSON"),
            (.ids, "{\"id\":1,\"weight\":1}", "say returns: weights"),
            (.ids, "\u{1B}[2J\n", "is not JSON (column 1"),
            (.weights, "{\"id\":1}", "has no weight for the id 1"),
            (.weights, "{\"id\":1,\"weight\":-0.1}", "no number from 0 to 1000000"),
            (.weights, "{\"id\":1,\"weight\":NaN}", "is not JSON"),
            (.weights, "{\"id\":1,\"weight\":1e999}", ""),
            (.weights, "{\"id\":1,\"weight\":\"inf\"}", "no number from 0 to 1000000"),
            (.weights, "{\"id\":1,\"weight\":null}", "no number from 0 to 1000000"),
            (
                .weights, "{\"id\":1,\"weight\":2}\n",
                "gave weights to 1 of 5 documents; the first without is id 0"
            ),
            (.weights, "", "gave weights to 0 of 5 documents"),
        ] as [(ExternalCommand.Returns, String, String)])
    func lies(returns: ExternalCommand.Returns, printed: String, message: String) {
        #expect {
            try curated(stage(returns), Played { _ in printed })
        } throws: { error in
            error is CommandFault && (message.isEmpty || "\(error)".contains(message))
                && !"\(error)".contains("\u{1B}")
        }
    }

    @Test("Keeping nothing is refused where nothing is left, and allowed beside real data")
    func nothing() throws {
        #expect(try curated(stage(), Played { _ in "" }).values == [5, 5, 12])
        #expect {
            try curated(stage(.ids, .all), Played { _ in "" })
        } throws: {
            "\($0)".contains("kept none of the 8 documents of generation 2")
        }
    }
}
