package import Support

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
        /// What was computed is not what another process computed from the same, and stored.
        case differentResult
        /// Another process, or another part of this one, holds the run directory; `age` is the
        /// seconds since it was last heard of, where it is on another machine.
        case inUse(by: ClaimHolder?, age: Double?)
        /// Processes that have joined the run work on it.
        case workedOn(by: ClaimHolder)
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
                    ? "`collapselab verify \(ShellWord.quoted(folder)) --repair` puts the run's copy back. Or delete"
                    : "delete")
                + " the file and give the command that made the run again: it is written anew, and "
                + "every record that belongs to that experiment is kept"
        case .differentResult:
            "DETERMINISM ALARM: \(path) was stored by one process, and another one computed something "
                + "else from the same specification, data and kernels. Neither can be trusted: "
                + "check the machines that worked on this run (memory, processor, versions of "
                + "libraries; the events name them), remove the run directory and run it anew on "
                + "machines that agree. Nothing was overwritten"
        case .inUse(let holder, let age):
            "\(path) is in use by \(Self.name(of: holder, age)); wait until it has ended, or choose "
                + "another --output"
        case .workedOn(let holder):
            "\(path) is being worked on by process \(holder.process.number) on \(holder.host), and "
                + "maybe others (`collapselab status \(ShellWord.quoted(path))` lists them): wait until they have ended, "
                + "or end them with `collapselab cancel \(ShellWord.quoted(path))`"
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

    private static func name(of holder: ClaimHolder?, _ age: Double?) -> String {
        guard let holder else { return "another process" }
        guard let age else { return "process \(holder.process.number)" }
        return "process \(holder.process.number) on \(holder.host), last heard of "
            + "\(Int(max(0, age))) s ago (a process that is dead is forgotten after "
            + "\(Int(LeaseTerms.usual.expiry)) s)"
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[..<slash])
    }
}
