import Collapse
import Lab
import Settings
import Synchronization
import Testing

/// What a search for a threshold reads of an experiment, and what it runs.
@Suite struct ThresholdRunsTests {
    private static let gaussian = """
        setting: gaussian
        generations: 3
        sample-size: 20
        seeds: [7, 3]
        arms:
          mixture: {workflow: mixture, real-fraction: 0.2, real-data: fresh}
          growing: {workflow: replace, sample-size: {schedule: power, scale: 20, exponent: -1}}
        """

    private func load(_ text: String) -> SearchedKey.Loading {
        {
            try ExperimentFile.load(
                text: text, path: "own.yaml", overrides: $0,
                settings: [GaussianSetting.declaration, LanguageSetting.declaration])
        }
    }

    private func key(
        _ name: String, smallest: Double? = nil, largest: Double? = nil,
        of text: String = gaussian
    ) throws -> SearchedKey {
        try SearchedKey(name, smallest: smallest, largest: largest, load: load(text))
    }

    @Test("A share is searched in its own range, another number between 0 and twice the file's")
    func ranges() throws {
        let share = try key("arms.mixture.real-fraction").range
        #expect(share.smallest == 0 && share.largest == 1 && !share.isWhole)
        let exponent = try key("arms.growing.sample-size.exponent").range
        #expect(exponent.smallest == -2 && exponent.largest == 0)
        let asked = try key("arms.growing.sample-size.exponent", smallest: -3, largest: -1).range
        #expect(asked.smallest == -3 && asked.largest == -1)
        let whole = try key("arms.mixture.parents", largest: 5).range
        #expect(whole.smallest == 1 && whole.largest == 5 && whole.isWhole)
    }

    @Test(
        "A sweep of the file is the range, however its key is spelled",
        arguments: ["real-fraction", "arms.mixture.real-fraction"])
    func swept(spelling: String) throws {
        let text = """
            setting: gaussian
            generations: 3
            sample-size: 20
            arms:
              mixture: {workflow: mixture, real-data: fresh}
            sweep:
              \(spelling): [0.1, 0.6, 0.3]
            """
        for name in ["real-fraction", "arms.mixture.real-fraction"] {
            let key = try key(name, of: text)
            #expect(key.range.smallest == 0.1 && key.range.largest == 0.6)
            let arms = try load(text)([key.override(0.25)]).arms
            #expect(arms.map(\.name) == ["mixture[real-fraction=0.25]"])
        }
    }

    @Test("A key of a phase is searched, and its values reach that phase alone")
    func phases() throws {
        let text = """
            setting: gaussian
            generations: 4
            sample-size: 20
            seeds: [3]
            arms:
              rescue:
                workflow: replace
                phases: [{from: 2, workflow: mixture, real-fraction: 0.3, real-data: fresh}]
            """
        let key = try key("arms.rescue.phases.0.real-fraction", of: text)
        #expect(key.range.smallest == 0 && key.range.largest == 1 && !key.range.isWhole)
        let from = try self.key("arms.rescue.phases.0.from", smallest: 1, largest: 4, of: text)
        #expect(from.range.isWhole)
        let arm = try #require(try load(text)([key.override(0.5)]).arms.first)
        #expect(arm.name == "rescue[real-fraction=0.5]")
        let specification = try ArmSpecification(name: arm.name, values: arm.values)
        #expect(specification.workflow is Replace)
        let mixture = try #require(specification.phase(of: 2).workflow as? Mixture)
        #expect(mixture.summary.contains("50 %") || mixture.summary.contains("50%"))
        let chains = try runs(try Workshop(), key, of: text)
        let few = try #require(try chains.contrasts(at: 0.1, seeds: 0..<3, limit: 100))
        let half = try #require(try chains.contrasts(at: 0.9, seeds: 0..<3, limit: 100))
        #expect(few.contrasts.count == 3 && few.contrasts != half.contrasts)
        for name in ["arms.rescue.phases.x.from", "arms.rescue.phases.0.dimension"] {
            #expect(throws: ThresholdRefusal.self) { try self.key(name, of: text) }
        }
    }

    @Test(
        "What cannot be searched is refused in words",
        arguments: [
            ("arms.mixture.workflow", "have no order"), ("arms.mixtur.real-fraction", "no arm"),
            ("arms.mixture.real-fractio", "has no key"), ("real-fraction", "several arms"),
            ("arms.mixture.", "is no key"),
        ])
    func refusals(name: String, says: String) {
        let error = #expect(throws: (any Error).self) { try key(name) }
        #expect(error.map { "\($0)".contains(says) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("A range that ends before it begins, or leaves the key's own, is refused")
    func badRanges() {
        for (smallest, largest) in [(0.5, 0.5), (0.5, 0.1), (0.5, 2), (-1, 0.5)] {
            #expect(throws: ThresholdRefusal.self) {
                try key("arms.mixture.real-fraction", smallest: smallest, largest: largest)
            }
        }
    }

    private func runs(
        _ workshop: Workshop, _ key: SearchedKey, of text: String = gaussian,
        observer: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> ThresholdRuns<GaussianSetting> {
        try ThresholdRuns(
            key, load: load(text), folder: workshop.root + "/threshold", store: nil,
            metric: GaussianSetting.declaration.metric(GaussianSetting.declaration.headline),
            execution: workshop.execution(observer: observer))
    }

    @Test(
        "The seeds are the file's and then the next numbers, and a control is run once for all values"
    )
    func counts() throws {
        let recorded = Mutex<[UInt64]>([])
        let workshop = try Workshop()
        let chains = try runs(workshop, key("arms.mixture.real-fraction")) { event in
            if case .recorded(let generations, let seconds) = event, seconds != nil {
                recorded.withLock { $0 += generations.filter { $0.generation == 3 }.map(\.seed) }
            }
        }
        let first = try #require(try chains.contrasts(at: 0.25, seeds: 0..<4, limit: 100))
        #expect(first.runs == 8 && first.contrasts.count == 4)
        #expect(recorded.withLock { $0.sorted() } == [3, 3, 7, 7, 8, 8, 9, 9])
        let second = try #require(try chains.contrasts(at: 0.5, seeds: 0..<4, limit: 100))
        #expect(second.runs == 4 && second.contrasts != first.contrasts)
        #expect(try chains.contrasts(at: 0.75, seeds: 0..<4, limit: 3) == nil)
        let real = try #require(try chains.contrasts(at: 1, seeds: 0..<4, limit: 0))
        #expect(real.runs == 0 && real.contrasts == [0, 0, 0, 0])
    }

    @Test("A search that is repeated computes nothing and answers the same")
    func repeated() throws {
        let workshop = try Workshop()
        let key = try key("arms.growing.sample-size.exponent")
        let computed = Mutex(0)
        var answers: [[Double]] = []
        for attempt in 0..<2 {
            let chains = try runs(workshop, key) { event in
                if case .recorded(_, let seconds) = event, seconds != nil {
                    computed.withLock { $0 += 1 }
                }
            }
            for value in [-1.0, -0.5] {
                answers.append(
                    try #require(try chains.contrasts(at: value, seeds: 0..<3, limit: 100))
                        .contrasts
                )
            }
            // Each value of an exponent has a control of its own.
            #expect(computed.withLock { $0 } == 4, "attempt \(attempt)")
        }
        #expect(answers[0] == answers[2] && answers[1] == answers[3])
    }

    @Test("A second swept key leaves no arm to choose")
    func twoKeys() throws {
        let text = """
            setting: gaussian
            generations: 3
            sample-size: 20
            arms:
              mixture: {workflow: mixture, real-data: fresh}
            sweep:
              real-fraction: [0, 1]
              dimension: [1, 2]
            """
        let workshop = try Workshop()
        let chains = try runs(workshop, try key("real-fraction", of: text), of: text)
        let error = #expect(throws: ThresholdRefusal.self) {
            try chains.contrasts(at: 0.5, seeds: 0..<2, limit: 100)
        }
        #expect(error.map { "\($0)".contains("sweeps dimension, too") } == true)
    }
}
