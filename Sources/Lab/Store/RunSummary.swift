import Collapse
import Foundation
import Support

/// What `run.json` says of a run in short, for the index and for lists of runs.
package struct RunSummary: Hashable, Sendable, Codable {
    /// An arm and how it ended.
    package struct Arm: Hashable, Sendable, Codable {
        /// The arm's name.
        package var name: String
        /// The mean over seeds of the headline metric at the last generation, once it is measured.
        package var finalMean: Double?

        package init(name: String, finalMean: Double?) {
            self.name = name
            self.finalMean = finalMean
        }
    }

    /// The name of the summary inside the run directory.
    package static let fileName = "run.json"

    /// The experiment's name.
    package var name: String
    /// The setting's name, as its declaration has it.
    package var setting: String
    /// SHA-256 of the resolved specification's canonical text, in 64 hexadecimal digits.
    package var specificationHash: String
    /// In the order of the specification.
    package var arms: [Arm]
    /// How many seeds each arm has.
    package var seeds: Int
    /// The last generation; generations run from 0 to this.
    package var generations: Int
    /// The metric that `finalMean` is of.
    package var headlineMetric: String
    /// Whether every chain reached the last generation.
    package var isFinished: Bool

    package init(
        name: String, setting: String, specificationHash: String, arms: [Arm], seeds: Int,
        generations: Int, headlineMetric: String, isFinished: Bool
    ) {
        self.name = name
        self.setting = setting
        self.specificationHash = specificationHash
        self.arms = arms
        self.seeds = seeds
        self.generations = generations
        self.headlineMetric = headlineMetric
        self.isFinished = isFinished
    }

    init(_ results: ExperimentResults, specificationHash: String, isFinished: Bool) {
        let headline = results.setting.headline
        self.init(
            name: results.name, setting: results.setting.name, specificationHash: specificationHash,
            arms: results.arms.map { arm in
                let values = results.metrics.values(
                    arm: arm.name, generation: results.generations, metric: headline,
                    seeds: results.seeds)
                return Arm(name: arm.name, finalMean: values.isEmpty ? nil : Summary(values).mean)
            },
            seeds: results.seeds.count, generations: results.generations, headlineMetric: headline,
            isFinished: isFinished)
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return Array(try encoder.encode(self)) + [10]
        } catch {
            throw StoreError(.damagedRecord("\(error)"), path: RunSummary.fileName)
        }
    }

    /// The summary of the run in a folder, or nil when there is none.
    static func read(in folder: String) throws -> RunSummary? {
        let path = folder + "/" + fileName
        guard let bytes = try FileSystem.read(path) else { return nil }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(RunSummary.self, from: Data(bytes))
        } catch {
            throw StoreError(.damagedRecord("it is not the summary of a run"), path: path)
        }
    }
}
