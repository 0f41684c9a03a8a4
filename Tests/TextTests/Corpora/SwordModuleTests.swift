import FuzzTargets
import Testing
import Text

@Suite struct SwordModuleTests {
    /// A testament of blocks, whose entries are given by block, place and length.
    private struct Testament {
        var blocks: [UInt8] = []
        var entries: [UInt8] = []
        var compressed: [UInt8] = []

        init(_ blocks: [String], entries: [(block: Int, start: Int, count: Int)]) {
            for block in blocks {
                let stream = ArchiveWriter.zlib(Array(block.utf8))
                append(compressed.count, bytes: 4, to: \.blocks)
                append(stream.count, bytes: 4, to: \.blocks)
                append(block.utf8.count, bytes: 4, to: \.blocks)
                compressed += stream
            }
            for entry in entries {
                append(entry.block, bytes: 4, to: \.entries)
                append(entry.start, bytes: 4, to: \.entries)
                append(entry.count, bytes: 2, to: \.entries)
            }
        }

        private mutating func append(
            _ number: Int, bytes count: Int, to file: WritableKeyPath<Testament, [UInt8]>
        ) {
            for shift in 0..<count {
                self[keyPath: file].append(UInt8(truncatingIfNeeded: number >> (8 * shift)))
            }
        }

        func text(limit: Int = 1_000) throws -> String {
            let module = SwordModule(
                blocks: blocks, entries: entries, compressed: compressed, file: "ot", limit: limit)
            return String(decoding: try module.text(), as: UTF8.self)
        }
    }

    @Test func entriesAreTakenInOrder() throws {
        let testament = Testament(
            ["onetwo", "three"],
            entries: [(0, 0, 0), (1, 0, 5), (0, 3, 3), (0, 3, 3), (0, 0, 3), (9, 9, 0)])
        #expect(try testament.text() == "three\ntwo\none")
        #expect(try Testament([], entries: []).text() == "")
    }

    @Test func whatIsDamagedIsRefused() {
        func problem(_ testament: Testament, limit: Int = 1_000) -> String? {
            message { _ = try testament.text(limit: limit) }
        }
        #expect(
            problem(Testament(["one"], entries: [(1, 0, 3)])) == "ot: refers to block 1 of 1")
        #expect(
            problem(Testament(["one"], entries: [(0, 1, 3)]))
                == "ot: has entry 0 outside its block 0")
        #expect(
            problem(Testament(["one"], entries: [(0, 0xFFFF_FFFF, 0xFFFF)]))
                == "ot: has entry 0 outside its block 0")
        let sound = Testament(["one", "two"], entries: [(0, 0, 3), (1, 0, 3)])
        #expect(
            problem(sound, limit: 5)
                == "ot: block 1: uncompresses to more than the 2 bytes allowed")
        let repeated = Testament(["one"], entries: [(0, 0, 3), (0, 1, 2), (0, 2, 1)])
        #expect(
            problem(repeated, limit: 6) == "ot: has entries of more than the 6 bytes allowed")
        var changed = sound
        changed.blocks[8] = 9
        #expect(problem(changed) == "ot: block 0 has 3 bytes, not 9")
        changed = sound
        changed.compressed.removeLast()
        #expect(problem(changed) == "ot: has block 1 outside its file")
        changed = sound
        changed.blocks[4] -= 1
        #expect(problem(changed) == "ot: block 0: the compressed data are cut short or damaged")
        changed = sound
        changed.entries.removeLast()
        #expect(problem(changed) == "ot: has a list of blocks or entries that is cut short")
    }
}
