/// What went wrong with an experiment on disk: what, where, and what to do about it.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of things that go wrong.
    package enum Kind: Hashable, Sendable {
        /// An object, or a part of one, is not what was written.
        case damagedObject(String)
        /// A record is not what was written.
        case damagedRecord(String)
        /// A record is whole but of something else than what is run.
        case otherRecord
        /// `experiment.yaml` is not what the run wrote; its copy beside the records may be whole.
        case alteredSpecification(String, hasCopy: Bool)
        /// Another process, or another part of this one, holds the run directory.
        case inUse(process: String)
        /// The run directory was moved, removed or replaced while the run worked.
        case movedAway
        /// A file from outside has a name that a run cannot keep it under.
        case unusableName
        /// A file from outside was written to while the run began.
        case changedInput
        /// So many planned records are not there though no chain failed.
        case incomplete(missing: Int, planned: Int)
    }

    /// What went wrong; ``description`` follows from it and the path.
    package var kind: Kind
    /// The file or folder.
    package var path: String

    package init(_ kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }

    package var description: String {
        switch kind {
        case .damagedObject(let finding):
            "\(path) is damaged: \(finding); delete the object's folder \(folder) and run the same "
                + "command again, which computes it anew"
        case .damagedRecord(let finding):
            "\(path) is damaged: \(finding); delete the file and run the same command again, "
                + "which computes what it held anew"
        case .otherRecord:
            "\(path) was recorded for another specification, other real data, or by another version "
                + "or machine, and is not overwritten; choose another --output, or remove the "
                + "folder records beside experiment.yaml to compute everything anew"
        case .alteredSpecification(let finding, let hasCopy):
            "\(path) is not as the run wrote it (\(finding)), so that it may not describe the "
                + "records beside it; "
                + (hasCopy
                    ? "`collapselab verify \(folder) --repair` puts the run's copy back. Or delete"
                    : "delete")
                + " the file and give the command that made the run again: it is written anew, and "
                + "every record that belongs to that experiment is kept"
        case .inUse(let process):
            "\(path) is in use by \(process); wait until it has ended, or choose another --output"
        case .movedAway:
            "\(path) was moved, removed or replaced while the run worked in it; the run stopped. "
                + "Put the directory back and run the same command again, which keeps every record "
                + "that is in it"
        case .unusableName:
            "\(path) has a name that a run cannot keep it under: rename it, without a point at the "
                + "beginning, control characters or the name \(ObjectDescription.fileName)"
        case .changedInput:
            "\(path) changed while the run began, so that nothing was taken from it: run the same "
                + "command again when nobody writes to it"
        case .incomplete(let missing, let planned):
            "\(path) lacks \(missing) of its \(planned) files of records although no chain failed: "
                + "something removes files there; run the same command again, which computes them "
                + "anew"
        }
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[..<slash])
    }
}
