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
            let hasCopy = (try? copyOfSpecification(in: directory)) != nil
            return StoreError(.alteredSpecification(finding, hasCopy: hasCopy), path: path)
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
        guard try sealed(directory + "/experiment.yaml") == nil,
            let copy = try copyOfSpecification(in: directory)
        else { return false }
        try AtomicFile.write(copy, to: directory + "/experiment.yaml", staging: directory)
        return true
    }

    /// The bytes of the copy that a run keeps beside its records; nil where it is not whole.
    package static func copyOfSpecification(in directory: String) throws -> [UInt8]? {
        try sealed(directory + "/" + RunDirectory.copyOfSpecification)
    }

    private static func sealed(_ path: String) throws -> [UInt8]? {
        let bytes = try FileSystem.read(path)
        guard let bytes, let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return SealedYAML.isWhole(text) ? bytes : nil
    }
}
