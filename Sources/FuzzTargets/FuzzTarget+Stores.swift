import Collapse
import Lab
import Support

extension FuzzTarget {
    static let stores = [records, object]

    /// What is sealed, without its seal, which the target makes.
    private static func sealed(_ input: [UInt8]) -> [UInt8] {
        var body = JSONWriter()
        for byte in input { body.byte(byte) }
        return SealedJSON.seal(body)
    }

    /// A sealed file's text without the seal.
    private static func body(of file: [UInt8]) -> [UInt8] {
        let seal = file.lastIndex(of: 0x2C) ?? file.endIndex
        return Array(file[..<seal])
    }

    private static let block = RecordBlock(arm: "replace", seeds: [3, 4], generations: 0...1)

    /// A file of records.
    private static let records = FuzzTarget(
        name: "records",
        seeds: {
            func records(_ value: (UInt64, Int) -> Double) -> [GenerationRecord] {
                block.seeds.flatMap { seed in
                    block.generations.map { generation in
                        GenerationRecord(
                            seed: seed, generation: generation, key: ContentKey(digits: "0a"),
                            model: seed == 3 ? ContentKey(digits: "1b") : nil, samples: nil,
                            metrics: [
                                MetricValue("fit.mean", value(seed, generation)),
                                MetricValue("é\"\\", generation == 0 ? .infinity : 0.1),
                            ])
                    }
                }
            }
            return [
                body(of: RecordFile.encode(records { Double($0) + Double($1) / 3 }, of: block)),
                body(of: RecordFile.encode(records { _, _ in .nan }, of: block)),
            ]
        },
        read: { input in
            let records = try RecordFile.decode(sealed(input), of: block, path: "records.json")
            let written = RecordFile.encode(records, of: block)
            let again = try? RecordFile.decode(written, of: block, path: "written.json")
            precondition(
                again.map { RecordFile.encode($0, of: block) } == written,
                "the records written out are others")
        })

    /// `object.json` of a store.
    private static let object = FuzzTarget(
        name: "object",
        seeds: {
            let file = #"{"name": "model.bin", "length": 12, "sha256": "0a"}"#
            return [
                Array(
                    #"{"v": 1, "kind": "model", "description": "a\n\"é\"", "files": [\#(file)]"#
                        .utf8)
            ]
        },
        read: { input in
            let object = try ObjectDescription(sealed: sealed(input), path: "object.json")
            let again = try? ObjectDescription(sealed: object.sealed, path: "written.json")
            precondition(again == object, "the description written out is another")
        })
}
