import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Reads again what the fuzzer has found: a crash found once stays mended.
@Suite struct ReplayTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var target: FuzzTarget
        var testDescription: String { target.name }

        static let all = FuzzTarget.all.map { Case(target: $0) }
    }

    @Test(arguments: Case.all)
    func whatTheProgramWritesIsAccepted(_ example: Case) throws {
        let seeds = try example.target.seeds()
        #expect(!seeds.isEmpty)
        for (index, seed) in seeds.enumerated() {
            do {
                try example.target.read(seed)
            } catch {
                Issue.record("seed \(index): \(error)")
            }
        }
    }

    @Test(arguments: Case.all)
    func whatWasFoundIsReadOrRefused(_ example: Case) throws {
        let folder = try #require(Bundle.module.resourceURL)
            .appending(path: "Inputs/\(example.target.name)")
        let inputs = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        #expect(!inputs.isEmpty)
        for input in inputs {
            do {
                try example.target.read([UInt8](try Data(contentsOf: input)))
            } catch {
                #expect(!"\(error)".isEmpty, "\(input.lastPathComponent)")
            }
        }
    }
}
