import Collapse
import Foundation
import Lab
import Support
import TestSupport
import Testing

@Suite struct RecordTests {
    private static let special: [Double] = [
        .infinity, -.infinity, .nan, -.nan, Double(nan: 5, signaling: false), 0, -0.0,
        .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
        .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude, 1, 1e15, 1e16, 0.1, 1.0 / 3,
    ]

    private func records(
        of block: RecordBlock, metrics: [String], generator: inout TestGenerator
    ) -> [GenerationRecord] {
        block.seeds.flatMap { seed in
            block.generations.map { generation in
                GenerationRecord(
                    seed: seed, generation: generation,
                    key: ContentKey(digits: String(generator.next() % 3, radix: 16)),
                    model: generator.next() % 2 == 0 ? nil : ContentKey(digits: "m"),
                    samples: generator.next() % 2 == 0 ? nil : ContentKey(digits: "s"),
                    metrics: metrics.prefix(Int(generator.next() % 4) + 1).map {
                        let isSpecial = generator.next() % 3 == 0
                        return MetricValue(
                            $0,
                            isSpecial
                                ? Self.special.randomElement(using: &generator) ?? 0
                                : Double(bitPattern: generator.next()))
                    })
            }
        }
    }

    /// What `==` does not see: the bits of zeros and of what is not a number.
    private func bits(_ records: [GenerationRecord]?) -> [[UInt64]]? {
        records?.map { $0.metrics.map(\.value.bitPattern) }
    }

    private func withoutValues(_ records: [GenerationRecord]?) -> [GenerationRecord]? {
        records?.map { record in
            var record = record
            record.metrics = record.metrics.map { MetricValue($0.name, 0) }
            return record
        }
    }

    @Test func blocksComeBackBitForBit() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        for seed in 0..<200 {
            var generator = TestGenerator(seed)
            let first = generator.next() >> (seed % 2 == 0 ? 0 : 50)
            let stride = generator.next() % 2 + 1
            let count = UInt64(seed % 5) + 1
            let start = Int(generator.next() % 1200)
            let block = RecordBlock(
                arm: "arm \(seed % 7) [x=\"1\", é]\n",
                seeds: (0..<count).map { first &+ $0 &* stride },
                generations: start...(start + seed % 4))
            let metrics = ["heldout.nats_per_token", "heldout.perplexity", "a\"b\\c", "é,\n"]
            let written = records(of: block, metrics: metrics, generator: &generator)
            try run.write(written.shuffled(using: &generator), of: block)
            let read = try run.records(of: block)
            #expect(bits(read) == bits(written), "seed \(seed)")
            #expect(withoutValues(read) == withoutValues(written), "seed \(seed)")
        }
        #expect(folder.files(below: "records").allSatisfy { !$0.contains("partial") })
    }

    struct RecordLocation: Sendable, CustomTestStringConvertible {
        var block: RecordBlock
        var path: String
        var testDescription: String { path }
    }

    @Test(arguments: [
        RecordLocation(
            block: RecordBlock(arm: "replace", seeds: [3], generations: 7...7),
            path: "replace/seed-3/generation-007.json"),
        RecordLocation(
            block: RecordBlock(arm: "replace", seeds: [3], generations: 1234...1234),
            path: "replace/seed-3/generation-1234.json"),
        RecordLocation(
            block: RecordBlock(arm: "replace", seeds: Array(0...255), generations: 0...50),
            path: "replace/seeds-0-255/generations-0-50.json"),
        RecordLocation(
            block: RecordBlock(
                arm: "mixture[real-fraction=0.1,fresh]", seeds: [0], generations: 0...0),
            path: "mixture%5Breal-fraction=0.1,fresh%5D/seed-0/generation-000.json"),
        RecordLocation(
            block: RecordBlock(arm: "../a b%é", seeds: [0], generations: 0...0),
            path: "%2E.%2Fa%20b%25%C3%A9/seed-0/generation-000.json"),
        RecordLocation(
            block: RecordBlock(arm: "", seeds: [0], generations: 0...0),
            path: "%/seed-0/generation-000.json"),
        RecordLocation(
            block: RecordBlock(arm: "a", seeds: [1, 5], generations: 0...0),
            path: "a/seeds-1-5-e10f709ed16cc5cd/generation-000.json"),
    ])
    func locationsOfBlocks(_ location: RecordLocation) throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        #expect(run.path(of: location.block) == "\(folder.path)/records/\(location.path)")
    }

    @Test func longAndSimilarNamesOfArmsDiffer() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        let long = String(repeating: "é", count: 300)
        let arms = [long, long + "a", long + "b", "a", "a%20", "a ", "A", "%", "", ".", "%2E"]
        for arm in arms {
            let block = RecordBlock(arm: arm, seeds: [0], generations: 0...0)
            var generator = TestGenerator(1)
            let written = records(of: block, metrics: ["m"], generator: &generator)
            try run.write(written, of: block)
            #expect(try run.records(of: block)?.count == 1)
        }
        #expect(folder.files(below: "records").count == arms.count)
    }

    @Test func whatIsNotThereIsNil() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        let block = RecordBlock(arm: "a", seeds: [0], generations: 0...0)
        #expect(try run.records(of: block) == nil)
        var generator = TestGenerator(1)
        try run.write(records(of: block, metrics: ["m"], generator: &generator), of: block)
        #expect(try run.records(of: block) != nil)
    }

    @Test func everyDamageIsSeen() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        let block = RecordBlock(arm: "a", seeds: [0, 1], generations: 0...1)
        var generator = TestGenerator(1)
        try run.write(records(of: block, metrics: ["m", "n"], generator: &generator), of: block)
        let path = run.path(of: block)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.self, "byte \(index)") { try run.records(of: block) }
            try Data(bytes[..<index]).write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.self, "cut at \(index)") { try run.records(of: block) }
        }
        let error = try #require(throws: StoreError.self) { try run.records(of: block) }
        #expect(
            error.description
                == "\(path) is damaged: its content does not match the sum at its end; delete the file "
                + "and run the same command again, which computes what it held anew")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try run.records(of: block)?.count == 4)
    }

    @Test func aFileUnderAnothersNameIsDamaged() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        let block = RecordBlock(arm: "a", seeds: [0], generations: 0...0)
        let other = RecordBlock(arm: "a", seeds: [0], generations: 1...1)
        var generator = TestGenerator(1)
        try run.write(records(of: block, metrics: ["m"], generator: &generator), of: block)
        try FileManager.default.copyItem(atPath: run.path(of: block), toPath: run.path(of: other))
        let error = try #require(throws: StoreError.self) { try run.records(of: other) }
        #expect(error.description.contains("expected the seeds and generations of its name"))
    }

    @Test func aKilledWriteLeavesTheOldRecord() throws {
        let folder = try TemporaryFolder()
        var run: RunDirectory? = try RunDirectory(opening: folder.path)
        let block = RecordBlock(arm: "a", seeds: [0], generations: 0...0)
        var generator = TestGenerator(1)
        let written = records(of: block, metrics: ["m"], generator: &generator)
        try run?.write(written, of: block)
        run = nil
        let left = Staging.name(
            of: ProcessIdentity(machine: ProcessIdentity.current.machine, number: 1, start: 0), 1)
        for place in ["records/", "", "figures/"] { try folder.write([123], place + left) }
        let reopened = try RunDirectory(opening: folder.path)
        #expect(bits(try reopened.records(of: block)) == bits(written))
        #expect(!folder.files().contains { $0.contains(".partial") })
    }

    @Test func aBigBlockIsWholeAndCompact() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        let block = RecordBlock(arm: "gaussian", seeds: Array(0..<2000), generations: 0...50)
        let names = (0..<6).map { "metric.\($0)" }
        var generator = TestGenerator(3)
        let written = block.seeds.flatMap { seed in
            block.generations.map { generation in
                GenerationRecord(
                    seed: seed, generation: generation, key: ContentKey(digits: "k"), model: nil,
                    samples: nil,
                    metrics: names.map {
                        MetricValue($0, Double.random(in: -9...9, using: &generator))
                    })
            }
        }
        try run.write(written, of: block)
        #expect(try run.records(of: block) == written)
        let bytes = try folder.bytes("records/gaussian/seeds-0-1999/generations-0-50.json").count
        #expect(bytes < 612_000 * 21)
    }
}
