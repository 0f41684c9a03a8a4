import Glibc

/// The operating system refused something to do with a file: what, which, why, and what to do about
/// it.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Completes "cannot ...".
    package var action: String
    /// The file or folder.
    package var path: String
    /// The operating system's number for the reason, `errno`.
    package var code: Int32

    package init(_ action: String, _ path: String, code: Int32 = errno) {
        self.action = action
        self.path = path
        self.code = code
    }

    /// Whether the path that was given leads nowhere, or not to a file.
    package var isWrongPath: Bool { [ENOENT, ENOTDIR, EISDIR].contains(code) }

    /// Whether the reason lies in the machine or its disks, so that another machine may be able to do
    /// the same.
    package var isOfMachine: Bool {
        [ENOSPC, EDQUOT, EIO, EROFS, EMFILE, ENFILE, ENOMEM, ESTALE].contains(code)
    }

    package var description: String { "cannot \(action) \(path): \(reason); \(remedy)" }

    /// The system's words for the reason.
    package var reason: String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }

    private var remedy: String {
        switch code {
        case ENOSPC, EDQUOT:
            "free some space and run the same command again, nothing recorded is lost"
        case EACCES, EPERM, EROFS:
            "choose a folder that you may write to, or change its permissions"
        case ENOENT: "check the path"
        case ELOOP:
            "it is a symbolic link, or one leads to it, which is not followed here: remove the link"
        case ENOTDIR, EISDIR, EEXIST: "move away what is there, or choose another path"
        case EFBIG:
            "raise the limit on the size of files (ulimit -f) and run the same command again"
        case EINVAL: "a pipe or a device may lie where a file belongs: remove it"
        case EMFILE, ENFILE: "raise the limit on open files (ulimit -n)"
        case ENAMETOOLONG: "choose a shorter path"
        case ENOLCK, EOPNOTSUPP, ENOSYS:
            "the file system lacks what is needed, choose a folder on another, such as a local disk"
        default: "check the disk and run the same command again"
        }
    }
}
