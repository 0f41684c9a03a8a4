import Glibc

/// An empty folder of this user's own in which a program works, removed with everything in it when
/// the value goes.
///
/// What a killed process left is removed by the next that begins a folder.
package struct WorkingFolder: ~Copyable {
    /// Its absolute path.
    package var path: String { folder.path }
    private let folder: StagingFolder
    private let note: Int?

    /// Begins a folder below that of temporary files: `TMPDIR`, or `/tmp`.
    ///
    /// - Throws: ``FileError`` where there can be none that nobody else may enter.
    package init() throws(FileError) {
        let parent = try Self.parent()
        // What cannot be removed now is no reason not to work.
        _ = try? Staging.sweep(parent)
        let folder = try StagingFolder(in: parent)
        guard chmod(folder.path, 0o700) == 0 else {
            throw FileError("close to others", folder.path)
        }
        note = UnfinishedFiles.note(folder.path)
        self.folder = folder
    }

    deinit {
        Self.open(folder.path)
        if let note { UnfinishedFiles.forget(note) }
    }

    /// A folder that is this user's alone, whatever others have put into the folder of temporary
    /// files.
    private static func parent() throws(FileError) -> String {
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let folder = temporary.hasPrefix("/") && FileSystem.isFolder(temporary) ? temporary : "/tmp"
        let path = "\(folder)/collapselab-\(getuid())"
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError("create", path) }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw FileError("open", path) }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
            status.st_mode & 0o022 == 0
        else { throw FileError("work in", path, code: EACCES) }
        return path
    }

    /// A program may have closed folders to its own user, who then cannot empty them.
    private static func open(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        if status.st_mode & 0o700 != 0o700 { chmod(path, 0o700) }
        for name in (try? FileSystem.names(in: path)) ?? [] { open(path + "/" + name) }
    }
}
