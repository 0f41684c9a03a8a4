import Collapse
import Compute
import Lab
import Testing

/// Files that nobody would write on purpose.
@Suite struct HostileFileTests {
    /// Whatever is done to a file, it loads or is refused with a location; nothing crashes.
    @Test func survivesDamage() {
        let text = Imaginary.pair + "model: {preset: tiny}\nsweep: {real-fraction: [0, .5]}\n"
        let bytes = Array(text.utf8)
        let insertions = Array("[]{}:,-&*!|>'\"%@`#?.=<~ \n\t0a\u{0}\u{7F}".utf8)
        var refused = 0
        for seed in 0..<2_000 {
            var stream = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
            var damaged = bytes
            for _ in 0...stream.below(4) {
                let offset = stream.below(damaged.count)
                switch stream.below(4) {
                case 0: damaged.remove(at: offset)
                case 1: damaged.insert(insertions[stream.below(insertions.count)], at: offset)
                case 2: damaged[offset] = insertions[stream.below(insertions.count)]
                default:
                    damaged.removeSubrange(offset..<min(damaged.count, offset + stream.below(40)))
                }
            }
            do {
                let experiment = try Imaginary.load(String(decoding: damaged, as: UTF8.self))
                #expect(!experiment.arms.isEmpty)
            } catch {
                refused += 1
                #expect(error.location != nil, "seed \(seed)")
                #expect(!error.description.isEmpty)
            }
        }
        #expect(refused > 500)
    }

    @Test func refusesAliasesThatUnfoldWithoutEnd() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(list)]\n"
        }
        #expect {
            try Imaginary.load(text)
        } throws: { error in
            (error as? SpecificationError)?.kind == .tooLarge(limit: 1_000_000)
        }
    }

    @Test func refusesDeepNesting() {
        let text = "a: " + String(repeating: "[", count: 100_000)
        #expect(throws: SpecificationError.self) { try Imaginary.load(text) }
    }

    @Test func readsAFileWithAByteOrderMarkAndCarriageReturns() throws {
        let text = "\u{FEFF}" + Imaginary.minimal.replacing("\n", with: "\r\n")
        #expect(try Imaginary.load(text).arms.map(\.name) == ["replace"])
    }

    @Test func refusesAFileThatIsNotThere() {
        #expect {
            try ExperimentFile.load(path: "/nowhere/e.yaml", settings: [Imaginary.setting])
        } throws: { error in
            "\(error)"
                == "cannot read /nowhere/e.yaml: there is no such file. "
                + "Check the name and the permissions."
        }
        #expect {
            try ExperimentFile.load(path: "/", settings: [Imaginary.setting])
        } throws: { error in
            "\(error)"
                == "cannot read /: Is a directory. Check the name and the permissions."
        }
    }

    @Test func expandsThousandsOfArms() throws {
        let experiment = try Imaginary.load(Imaginary.minimal + "sweep: {stream: 0..4999}\n")
        #expect(experiment.arms.count == 5_000)
        #expect(experiment.arms[4_999].name == "replace[stream=4999]")
    }
}
