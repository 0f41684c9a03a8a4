import Glibc
import Synchronization

/// Names for what is being written: `.partial-PROCESS-NUMBER`, in the folder where the result will
/// be.
///
/// Whoever writes one holds an advisory lock on it for as long as it is unfinished. So what a
/// killed run left behind is distinguished from what another process is writing at this moment,
/// whatever machine or container that process is in: the first can be locked, the second cannot.
package enum Staging {
    /// How every temporary name begins.
    package static let prefix = ".partial-"

    private static let counter = Atomic<UInt64>(0)

    /// A name that no other write of this process has.
    package static func name() -> String {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return "\(prefix)\(getpid())-\(number)"
    }

    /// Whether a name is one that ``name()`` makes, in this process or another.
    private static func isTemporary(_ name: String) -> Bool {
        guard name.hasPrefix(prefix) else { return false }
        let numbers = name.dropFirst(prefix.count).split(
            separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 2
            && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
    }

    /// Removes from a folder what killed runs left there, and nothing else.
    ///
    /// - Returns: The names that were removed, sorted.
    @discardableResult
    package static func sweep(_ folder: String) throws(FileError) -> [String] {
        var removed: [String] = []
        for name in try FileSystem.namesIfAny(in: folder) where isTemporary(name) {
            let path = folder + "/" + name
            let number = FileSystem.restarting {
                open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            }
            guard number >= 0 else { continue }
            let file = FileSystem.Descriptor(number: number)
            guard lock(file.number), FileSystem.leads(path, to: file.number) else { continue }
            try FileSystem.removeTree(path)
            removed.append(name)
        }
        return removed
    }

    /// Takes the lock of what has just been created, unless a sweeper has it or was faster.
    ///
    /// A file system without locks refuses everyone, the sweeper too: nothing is ever swept there,
    /// and what is written needs no lock.
    static func claim(_ file: Int32, at path: String) -> Bool {
        (lock(file) || errno != EWOULDBLOCK) && FileSystem.leads(path, to: file)
    }

    /// Takes the lock without waiting.
    private static func lock(_ file: Int32) -> Bool {
        FileSystem.restarting { flock(file, LOCK_EX | LOCK_NB) } == 0
    }
}
