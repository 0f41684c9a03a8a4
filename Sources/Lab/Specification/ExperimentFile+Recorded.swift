package import Collapse
import Support

extension ExperimentFile {
    /// The experiment of a run directory, or nil when none has begun there.
    ///
    /// - Throws: `StoreError` of kind `alteredSpecification` when the file is not as the run wrote
    ///   it.
    package static func recorded(
        in directory: String, settings: [SettingDeclaration]
    ) throws -> ResolvedExperiment? {
        let path = directory + "/experiment.yaml"
        guard FileSystem.exists(path) else { return nil }
        func altered(_ finding: String) -> StoreError {
            StoreError(.alteredSpecification(finding), path: path)
        }
        guard FileSystem.isFile(path) else { throw altered("it is not a file") }
        let text = try text(of: path)
        guard !SealedYAML.hasSeal(text) || SealedYAML.isWhole(text) else {
            throw altered("its content does not match the sum in its last line")
        }
        let resolved: ResolvedExperiment
        do {
            resolved = try load(text: text, path: path, settings: settings)
        } catch {
            throw altered("\(error)")
        }
        // Before there were seals, files ended with the hash of the specification.
        guard resolved.provenance?.specificationHash != nil else {
            throw altered("its last lines are missing")
        }
        return resolved
    }

    /// Puts the copy of a run's specification in the place of one that is missing or altered.
    ///
    /// - Returns: Whether there was a need, and a copy that is whole.
    package static func restore(in directory: String) throws -> Bool {
        func sealed(_ name: String) throws -> [UInt8]? {
            let bytes = try FileSystem.read(directory + "/" + name)
            guard let bytes, let text = String(validating: bytes, as: UTF8.self) else { return nil }
            return SealedYAML.isWhole(text) ? bytes : nil
        }
        guard try sealed("experiment.yaml") == nil,
            let copy = try sealed("records/.experiment.yaml")
        else { return false }
        try AtomicFile.write(copy, to: directory + "/experiment.yaml", staging: directory)
        return true
    }
}
