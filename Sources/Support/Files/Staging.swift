import Glibc
import Synchronization

/// Names for what is being written: `.partial-MACHINE-PROCESS-START-NUMBER`, in the folder where the
/// result will be.
///
/// The name says which process writes, so that no lock is needed, which many shared file systems do
/// not have: what a process of this machine left behind that is dead is swept at once; what another
/// machine writes is left alone, until nobody has touched it for a day.
package enum Staging {
    /// How every temporary name begins.
    package static let prefix = ".partial-"

    private static let counter = Atomic<UInt64>(0)
    /// Seconds after which what another machine wrote counts as left behind.
    private static let patience = 86_400.0

    /// A name that no other write of any process has.
    package static func name() -> String {
        name(of: .current, counter.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// The name of a process's write.
    package static func name(of process: ProcessIdentity, _ number: UInt64) -> String {
        "\(prefix)\(process.machine)-\(process.number)-\(process.start)-\(number)"
    }

    /// Who writes under a name; nil where it is no temporary one. Versions before this one wrote
    /// `.partial-PROCESS-NUMBER`, and nobody can say where.
    private static func writer(of name: String) -> ProcessIdentity? {
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.count).split(
            separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.suffix(from: parts.count == 4 ? 1 : 0)
        guard parts.count == 4 || parts.count == 2,
            numbers.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } })
        else { return nil }
        guard parts.count == 4 else {
            return ProcessIdentity(machine: "", number: 0, start: 0)
        }
        guard parts[0].utf8.count == 16, parts[0].allSatisfy(\.isHexDigit),
            let number = Int32(parts[1]), let start = UInt64(parts[2])
        else { return nil }
        return ProcessIdentity(machine: String(parts[0]), number: number, start: start)
    }

    /// Removes from a folder what killed processes left there, and nothing else.
    ///
    /// - Parameters:
    ///   - folder: The folder; nothing is removed where there is none.
    ///   - isAlone: Whether no other process writes there, so that what another machine wrote is left
    ///     behind, too.
    /// - Returns: The names that were removed, sorted.
    /// - Throws: What the file system refuses.
    @discardableResult
    package static func sweep(
        _ folder: String, isAlone: Bool = false
    ) throws(FileError) -> [String] {
        var removed: [String] = []
        for name in try FileSystem.namesIfAny(in: folder) {
            guard let writer = writer(of: name) else { continue }
            let path = folder + "/" + name
            guard !(writer.isAlive ?? (!isAlone && !isForgotten(path, in: folder))) else {
                continue
            }
            try FileSystem.removeTree(path)
            removed.append(name)
        }
        return removed
    }

    /// Whether nothing at a path has been touched for a day, by the clock of the file system.
    private static func isForgotten(_ path: String, in folder: String) -> Bool {
        guard let now = FileClock.now(in: folder), let last = lastChange(below: path) else {
            return false
        }
        return now - last > patience
    }

    private static func lastChange(below path: String) -> Double? {
        guard let own = FileClock.lastChange(of: path) else { return nil }
        guard !FileSystem.isLink(path), FileSystem.isFolder(path),
            let names = try? FileSystem.names(in: path)
        else { return own }
        return names.compactMap { lastChange(below: path + "/" + $0) }.reduce(own, max)
    }
}
