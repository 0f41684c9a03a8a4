import Glibc

/// A folder whose files are claims: whoever gets a file of a name into it holds that name.
///
/// It works on file systems that machines share, without locks: a claim is put in place by `link(2)`,
/// or where links are refused by an exclusive creation; it is renewed by touching it; it ends when its
/// process is dead, as those of the same machine see at once, or when it has not been touched for as
/// long as the lease says by the file system's own clock; and it is taken away by renaming it, after
/// which its token tells whether it was the one that had ended.
package struct ClaimFolder: Sendable {
    package var path: String
    package var terms: LeaseTerms
    /// What the scheduler calls the job that this process belongs to.
    package var job: String?

    package init(at path: String, terms: LeaseTerms = .usual, job: String? = nil) {
        self.path = path
        self.terms = terms
        self.job = job
    }

    /// What comes of trying to take a claim.
    package enum Outcome {
        case taken(Claim)
        /// Another holds it; nil where its file does not say who yet. `age` is the seconds since it
        /// was last renewed, where that was looked at.
        case held(ClaimHolder?, age: Double?)
    }

    /// Takes a claim if nobody holds it.
    package func take(_ name: String) throws(FileError) -> Outcome {
        let path = path + "/" + name
        var holder = ClaimHolder(job: job)
        var lost: ClaimHolder?
        while true {
            if let file = try place(holder, at: path) {
                return .taken(
                    Claim(name, at: path, file: file, holder: holder, lost: lost, terms: terms))
            }
            switch try judge(path) {
            case .gone: continue
            case .held(let other, let age): return .held(other, age: age)
            case .ended(let other):
                switch try evict(other, at: path) {
                case .evicted: break
                case .gone: continue
                case .busy: return .held(other, age: nil)
                }
                holder.losses = other?.lossesAfter ?? 1
                lost = other
            }
        }
    }

    /// Who holds a claim; nil where nobody does.
    package func holder(of name: String) -> (holder: ClaimHolder?, age: Double?)? {
        switch try? judge(path + "/" + name) {
        case .held(let holder, let age): (holder, age)
        case .ended, .gone, nil: nil
        }
    }

    /// The names that are claimed, sorted, be their holders alive or not.
    package func names() throws(FileError) -> [String] {
        try FileSystem.namesIfAny(in: path).filter { !$0.hasPrefix(".") }
    }

    /// Removes the claims of the jobs for which `isOver` holds.
    package func removeAll(where isOver: (ClaimHolder) -> Bool) throws(FileError) {
        for name in try names() {
            guard let bytes = try? FileSystem.read(path + "/" + name),
                let holder = ClaimHolder(serialized: bytes), isOver(holder)
            else { continue }
            _ = try evict(holder, at: path + "/" + name)
        }
    }

    // MARK: Placing

    /// Puts a claim's file in place.
    ///
    /// - Returns: The file; nil where there is one.
    private func place(
        _ holder: ClaimHolder, at path: String
    ) throws(FileError) -> FileSystem.Descriptor? {
        let own = self.path + "/" + Staging.name()
        let file = try FileSystem.open(own, O_RDWR | O_CREAT | O_EXCL, action: "claim")
        defer { unlink(own) }
        try FileSystem.write(holder.serialized, to: file.number, path: path)
        if link(own, path) == 0 { return file }
        let code = errno
        // A server's answer may be lost, and the call made again finds its own link.
        var status = stat()
        if fstat(file.number, &status) == 0, status.st_nlink == 2 { return file }
        guard code != EEXIST else { return nil }
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EXDEV, EACCES].contains(code) else {
            throw FileError("claim", path, code: code)
        }
        return try create(holder, at: path)
    }

    /// As ``place(_:at:)``, where the file system has no links.
    private func create(
        _ holder: ClaimHolder, at path: String
    ) throws(FileError) -> FileSystem.Descriptor? {
        let number = FileSystem.restarting {
            open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        }
        guard number >= 0 else {
            if errno == EEXIST { return nil }
            throw FileError("claim", path)
        }
        let file = FileSystem.Descriptor(number: number)
        try FileSystem.write(holder.serialized, to: file.number, path: path)
        return file
    }

    // MARK: Judging

    private enum Judgement {
        case gone
        case held(ClaimHolder?, age: Double?)
        case ended(ClaimHolder?)
    }

    private func judge(_ path: String) throws(FileError) -> Judgement {
        // Opening asks the server, where a look at the attributes may be answered from memory.
        let number = FileSystem.restarting {
            open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        }
        guard number >= 0 else {
            if [ENOENT, ESTALE].contains(errno) { return .gone }
            throw FileError("claim", path)
        }
        let file = FileSystem.Descriptor(number: number)
        guard FileSystem.isFile(path) || !FileSystem.exists(path) else {
            throw FileError("claim", path, code: EINVAL)
        }
        guard let bytes = content(of: file.number) else { return .gone }
        let holder = ClaimHolder(serialized: bytes)
        if let isAlive = holder?.process.isAlive {
            return isAlive ? .held(holder, age: nil) : .ended(holder)
        }
        // No holder writes such a thing, but one that has just created its file has written nothing.
        if holder == nil, !bytes.isEmpty { return .ended(nil) }
        guard let last = FileClock.lastChange(of: file.number) else { return .gone }
        guard let now = FileClock.now(in: self.path) else { return .held(holder, age: nil) }
        return now - last > terms.expiry ? .ended(holder) : .held(holder, age: now - last)
    }

    /// The content of a claim's file, which is short; nil where the file has gone.
    private func content(of file: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = FileSystem.restarting { pread(file, &bytes, bytes.count, 0) }
        return count < 0 ? nil : Array(bytes.prefix(count))
    }

    // MARK: Evicting

    /// How the names of claims on claims that have ended begin: temporary names, which no writer has.
    private static let evictionPrefix = Staging.prefix + "evicting-"

    /// Removes what processes left behind that were killed while they took over a claim.
    package func sweep() throws(FileError) {
        for name in try FileSystem.namesIfAny(in: path) where name.hasPrefix(Self.evictionPrefix) {
            if case .ended = try judge(path + "/" + name) { unlink(path + "/" + name) }
        }
    }

    private enum Eviction {
        case evicted
        /// Something else is there now, or nothing.
        case gone
        /// Another process is about to take the claim out of its place.
        case busy
    }

    /// Takes a claim that has ended out of its place.
    ///
    /// Whoever does so claims that first: of two that judged the same claim the slower one would else
    /// take away what the faster one has put in its place.
    private func evict(_ holder: ClaimHolder?, at path: String) throws(FileError) -> Eviction {
        let ended = holder?.token ?? FileSystem.lastName(of: path)
        let name = Self.evictionPrefix + SHA256.digest(of: ended.utf8).hexadecimal.prefix(32)
        guard case .taken(let right) = try take(name) else { return .busy }
        defer { right.release() }
        guard let current = try? FileSystem.read(path),
            ClaimHolder(serialized: current)?.token == holder?.token
        else { return .gone }
        let aside = self.path + "/" + Staging.name()
        guard rename(path, aside) == 0 else {
            if [ENOENT, ESTALE].contains(errno) { return .gone }
            throw FileError("take over", path)
        }
        defer { unlink(aside) }
        let found = (try? FileSystem.read(aside)).flatMap { ClaimHolder(serialized: $0) }
        if found?.token == holder?.token { return .evicted }
        // Its holder gave it back at this moment, and another has it: it goes back, unless it was
        // claimed once more.
        _ = link(aside, path)
        return .gone
    }
}
