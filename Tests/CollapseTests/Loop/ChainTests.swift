import Collapse
import Support
import Testing

@Suite struct ChainTests {
    static let workflows: [ArmCase] = [
        ArmCase("replace", armValues("replace")),
        ArmCase("accumulate", armValues("accumulate")),
        ArmCase("accumulate-subsample", armValues("accumulate-subsample")),
        ArmCase(
            "fresh mixture",
            armValues(
                "mixture",
                changes: [
                    .init("real-fraction", constant(0.4)), .init("real-data", .text("fresh")),
                ])),
        ArmCase(
            "replayed mixture",
            armValues(
                "mixture",
                changes: [
                    .init("real-fraction", constant(0.4)), .init("real-data", .text("replayed")),
                ])),
        ArmCase(
            "kept mixture of the base model's samples first",
            armValues(
                "mixture",
                changes: [
                    .init("real-fraction", constant(0.4)), .init("real-data", .text("kept")),
                    .init("sample-from", .text("base-then-previous")),
                ])),
        ArmCase(
            "start from previous",
            armValues("replace", changes: [.init("start-from", .text("previous"))])),
        ArmCase(
            "three parents", armValues("replace", changes: [.init("parents", .integer(3))])),
        ArmCase(
            "curated",
            armValues(
                "accumulate",
                changes: [
                    .init(
                        "curate",
                        .list([
                            .map([.init("stage", .text("exact-duplicates"))]),
                            .map([
                                .init("stage", .text("top-fraction")),
                                .init("fraction", .number(0.5)),
                                .init("under", .text("previous")),
                            ]),
                        ]))
                ])),
    ]

    private func records(
        _ values: SpecificationValue, store: any GenerationStore, storesModels: Bool = true
    ) throws -> [GenerationRecord] {
        let chain = try toyChain(values, store: store, storesModels: storesModels)
        return try (0...4).map { try chain.record(of: $0) }
    }

    @Test(
        "A chain killed at any write goes on to the same records",
        arguments: workflows, [true, false])
    func resumes(arm: ArmCase, storesModels: Bool) throws {
        let values = arm.values
        let whole = try records(values, store: MemoryStore(), storesModels: storesModels)
        for writes in 0..<30 {
            let killed = MemoryStore(killedAfterWrites: writes)
            do {
                _ = try records(values, store: killed, storesModels: storesModels)
                break
            } catch is MemoryStore.Killed {
                let resumed = try records(
                    values, store: killed.survivor(), storesModels: storesModels)
                #expect(resumed == whole, "killed after \(writes) writes")
            }
        }
    }

    @Test("A chain that starts at a later record gets the same bits", arguments: workflows)
    func startsAnywhere(arm: ArmCase) throws {
        let values = arm.values
        let store = MemoryStore()
        let whole = try records(values, store: store)
        for t in [4, 2] {
            let chain = try toyChain(values, store: store)
            #expect(try chain.record(of: t) == whole[t])
            let fresh = try toyChain(values, store: MemoryStore())
            #expect(try fresh.record(of: t).metrics == whole[t].metrics)
        }
    }

    @Test("Arms share generation 0 and everything else that they agree in")
    func sharesPrefix() throws {
        let store = MemoryStore()
        let setting = ToySetting()
        let first = try toyChain(armValues("replace"), name: "a", setting: setting, store: store)
        let second = try toyChain(
            armValues("accumulate"), name: "b", setting: setting, store: store)
        let records = try [first.record(of: 0), second.record(of: 0)]
        #expect(records[0] == records[1])
        #expect(setting.counter["fit"] == 1)
        #expect(setting.counter["sample"] == 1)
        #expect(setting.counter["evaluate mean"] == 1)
    }

    @Test("A longer horizon reuses every generation it shares")
    func extends() throws {
        let store = MemoryStore()
        let short = try toyChain(armValues("accumulate"), generations: 2, store: store)
        let before = try (0...2).map { try short.record(of: $0) }
        let setting = ToySetting()
        let long = try toyChain(
            armValues("accumulate"), setting: setting, generations: 4, store: store)
        let after = try (0...4).map { try long.record(of: $0) }
        #expect(Array(after[0...2]) == before)
        #expect(setting.counter["fit"] == 2)
    }

    @Test("Another stream draws other numbers, another name does not")
    func streams() throws {
        func metrics(_ stream: Int, _ name: String) throws -> [MetricValue] {
            let values = armValues("replace", changes: [.init("stream", .integer(stream))])
            return try toyChain(values, name: name).record(of: 2).metrics
        }
        #expect(try metrics(0, "a") == metrics(0, "b"))
        #expect(try metrics(0, "a") != metrics(1, "a"))
    }

    @Test("Provenance gives the real share and the age of the data exactly")
    func provenance() throws {
        func data(_ values: SpecificationValue, _ t: Int) throws -> [String: Double] {
            let record = try toyChain(values).record(of: t)
            return Dictionary(
                record.metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        let replace = try data(armValues("replace"), 3)
        #expect(replace["data.real_fraction"] == 0)
        #expect(replace["data.mean_age"] == 3)
        let accumulate = try data(armValues("accumulate"), 4)
        // Sizes are met up to the last example, so shares are close to 1/5 and not exactly.
        #expect(abs((accumulate["data.real_fraction"] ?? 0) - 0.2) < 0.05)
        #expect(abs((accumulate["data.mean_age"] ?? 0) - 2) < 0.2)
        let subsample = try data(armValues("accumulate-subsample"), 4)
        #expect(abs((subsample["data.size"] ?? 0) - 50) <= 10)
    }

    @Test("A model of generation 0 is real only, and later ones learn what the workflow says")
    func startingPoints() throws {
        let base = try toyChain(armValues("replace", changes: [.init("start-from", .text("base"))]))
        #expect(try base.model(at: 2).startedFrom == 1)
        let previous = try toyChain(
            armValues("replace", changes: [.init("start-from", .text("previous"))]))
        #expect(try previous.model(at: 0).startedFrom == 1, "fine-tuning begins with the base")
        let first = try previous.model(at: 1)
        #expect(try previous.model(at: 2).startedFrom == first.values.count)
    }

    @Test("Several parents contribute alternately, the newest first")
    func parents() throws {
        let chain = try toyChain(armValues("replace", changes: [.init("parents", .integer(2))]))
        let drawn = try chain.chain.samples(withProvenance: 3)
        // Parent 2 holds numbers sampled from two generations, parent 1 from one.
        #expect(drawn.values[0] / 1_000 >= drawn.values[1] / 1_000)
        #expect(Set(drawn.values.map { $0 / 1_000 }).count > 1)
    }

    @Test("Changing an evaluation's inputs moves its key, not the fit's")
    func keysDiffer() throws {
        let a = try toyChain(armValues("replace", size: 50))
        let b = try toyChain(armValues("replace", size: 60))
        #expect(a.modelKey(of: 0) != b.modelKey(of: 0))
        let c = try toyChain(armValues("accumulate", size: 50))
        #expect(a.modelKey(of: 0) == c.modelKey(of: 0))
        #expect(a.modelKey(of: 1) != c.modelKey(of: 1))
        #expect(a.recordKey(of: 0) == c.recordKey(of: 0))
    }
}

extension StoredChain<ToySetting> {
    fileprivate func model(at t: Int) throws -> ToySetting.Model { try chain.model(of: t) }
}
