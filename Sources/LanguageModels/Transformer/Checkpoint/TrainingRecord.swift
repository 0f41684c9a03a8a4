import Support
import Text

/// What a model was trained on: `training.json` in the folder of one that is shipped, so that a
/// user knows whether it may have read the text that it is measured on.
package struct TrainingRecord: Codable, Hashable, Sendable {
    static let fileName = "training.json"

    /// How much of a held-out text occurs in what the model was trained on.
    package struct HeldOutOverlap: Codable, Hashable, Sendable {
        /// The held-out corpus.
        package var corpus: String
        /// Its content hash.
        package var sha256: String
        /// The split that is held out, `validation` or `test`.
        package var split: String
        /// Its runs of ``CorpusStatistics/gramLength`` words.
        package var runs: Int
        /// Those that occur in what the model was trained on.
        package var sharedRuns: Int

        enum CodingKeys: String, CodingKey {
            case corpus, sha256, split, runs
            case sharedRuns = "shared-runs"
        }
    }

    /// The corpus that the model was trained on.
    package var corpus: String
    /// Its content hash.
    package var sha256: String
    /// What was found of the texts that it was held against.
    package var overlaps: [HeldOutOverlap]

    /// Reads the record in a model's folder; nil where there is none.
    ///
    /// - Throws: ``TransformerError`` where it is no such record.
    init?(in folder: String) throws {
        let path = folder + "/" + Self.fileName
        guard let bytes = try FileSystem.read(path) else { return nil }
        do throws(StrictJSONError) {
            self = try StrictJSON.decode(TrainingRecord.self, from: bytes)
        } catch {
            throw TransformerError(
                .checkpoint(
                    file: path, tensor: nil,
                    problem: "is no record of training: \(error.position): \(error.problem)"))
        }
    }
}
