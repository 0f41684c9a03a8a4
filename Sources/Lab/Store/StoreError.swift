/// What went wrong with an experiment on disk: what, where, and what to do about it.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of things that go wrong.
    package enum Kind: Hashable, Sendable {
        /// An object, or a part of one, is not what was written.
        case damagedObject(String)
        /// A record is not what was written.
        case damagedRecord(String)
        /// Another process, or another part of this one, holds the run directory.
        case inUse(process: String)
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
        case .inUse(let process):
            "\(path) is in use by \(process); wait until it has ended, or choose another --output"
        }
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[..<slash])
    }
}
