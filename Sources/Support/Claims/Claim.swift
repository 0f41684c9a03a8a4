import Glibc
import Synchronization

/// The right to do something alone, until it is given back, the process ends or nothing is heard of
/// it for as long as its lease says.
///
/// Two processes may hold the same claim for a while where a machine was cut off and comes back: what is
/// done under a claim must come to the same whoever does it, and ``isHeld`` is asked before anything
/// that may not be done twice.
package final class Claim: Sendable {
    /// What the claim is for: the name of its file.
    package let name: String
    /// The holder before this one, if it was lost.
    package let lost: ClaimHolder?
    private let path: String
    private let file: Int32
    private let holder: Mutex<ClaimHolder>
    private let beat: Int
    private let isReleased = Atomic<Bool>(false)
    /// Where a signal handler finds the path: a process that is told to end gives its claims back.
    private let unfinished: Int?

    /// Takes over a file that is in place.
    init(
        _ name: String, at path: String, file: consuming FileSystem.Descriptor,
        holder: ClaimHolder, lost: ClaimHolder?, terms: LeaseTerms
    ) {
        self.name = name
        self.lost = lost
        self.path = path
        self.file = dup(file.number)
        _ = fcntl(self.file, F_SETFD, FD_CLOEXEC)
        self.holder = Mutex(holder)
        beat = Heartbeat.shared.add(self.file, every: terms.heartbeat)
        unfinished = UnfinishedFiles.note(path)
    }

    deinit {
        release()
        close(file)
    }

    /// How many holders in a row before this one were lost without having got on.
    package var losses: Int { holder.withLock { $0.losses } }

    /// Whether the claim is still this one: another process may have judged it over.
    package var isHeld: Bool {
        !isReleased.load(ordering: .relaxed) && FileSystem.leads(path, to: file)
    }

    /// Says in the file that something was completed under the claim, so that losing it now does not
    /// count as a loss without a result.
    package func noteProgress() {
        holder.withLock { holder in
            guard !holder.hasGotOn else { return }
            holder.hasGotOn = true
            // Of the same length: no reader finds a part of each.
            _ = holder.serialized.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
        }
    }

    /// Gives the claim back, once; a claim that is not given back goes with the process.
    package func release() {
        guard !isReleased.exchange(true, ordering: .relaxed) else { return }
        Heartbeat.shared.remove(beat)
        if let unfinished { UnfinishedFiles.forget(unfinished) }
        if FileSystem.leads(path, to: file) { unlink(path) }
    }

    /// Gives the claim back by making its file the mark of what was done under it.
    package func release(movingTo path: String) throws(FileError) {
        guard isHeld else { return release() }
        _ = futimens(file, nil)
        guard rename(self.path, path) == 0 else { throw FileError("create", path) }
        release()
    }
}
