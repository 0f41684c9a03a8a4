import Support

/// The folder of a generation of several models: each model's files lie behind its number.
package enum ParallelFolder {
    /// What the names of a model's files begin with, for its position from 0.
    static func prefix(_ index: Int) -> String { "model-\(index + 1)." }

    /// How many models a folder holds in this way; 0 where it holds one model, or none.
    package static func count(in folder: String) throws -> Int {
        let names = try FileSystem.namesIfAny(in: folder)
        return (0...).prefix { index in names.contains { $0.hasPrefix(prefix(index)) } }.count
    }

    /// Completes "this generation ...", where one model is asked for.
    package static func problem(count: Int) -> String {
        "holds \(count) models that were trained in parallel, and none of them has an address of its "
            + "own: name a generation of an arm without parallel-models"
    }
}
