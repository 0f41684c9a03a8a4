import Glibc
import Support

/// Writes the files of a package that are wanted into a folder; everything else of it is left
/// there.
///
/// Refused are names that lead out of the folder, links and devices among what is wanted, names
/// that occur twice, and more than the limits allow.
package struct Unpacker: ~Copyable {
    /// Why a package is not unpacked.
    package struct Refusal: Error {
        /// To be read after "cannot be unpacked: ".
        package var problem: String
    }

    private let folder: String
    private let limits: UnpackingLimits
    private let isWanted: (String) -> Bool
    private var names: Set<String> = []
    private var memberCount = 0
    private var byteCount = 0

    /// - Parameters:
    ///   - folder: Where the files go, each at its path in the package.
    ///   - limits: How much the package may hold.
    ///   - isWanted: Whether the file at this path in the package is to be written.
    package init(
        into folder: String, limits: UnpackingLimits = .usual,
        isWanted: @escaping (String) -> Bool
    ) {
        self.folder = folder
        self.limits = limits
        self.isWanted = isWanted
    }

    /// Judges the next member of a package.
    ///
    /// - Returns: Where to write its content; nil where nobody wants it.
    mutating func destination(of member: PackageMember) throws -> String? {
        memberCount += 1
        guard memberCount <= limits.members else {
            throw Refusal(problem: "it holds more than the \(limits.members) files allowed")
        }
        let path = try Self.path(of: member)
        guard member.kind != .folder, isWanted(path) else { return nil }
        guard member.kind == .file else {
            throw Refusal(
                problem: member.kind == .link
                    ? "\(path) is a link, and only files are unpacked"
                    : "\(path) is neither a file nor a folder")
        }
        guard names.insert(path).inserted else {
            throw Refusal(problem: "\(path) occurs twice")
        }
        try requireSpace(for: member.size)
        return folder + "/" + path
    }

    /// Counts bytes that pass through, wanted or not.
    mutating func count(_ bytes: Int) throws {
        try requireSpace(for: bytes)
        byteCount += bytes
    }

    /// Refuses what promises more than is left, before any of it is read.
    private func requireSpace(for bytes: Int) throws {
        guard bytes <= limits.bytes - byteCount else {
            throw Refusal(problem: "it holds more than the \(limits.bytes) bytes allowed")
        }
    }

    /// Writes a file in blocks.
    func write(to path: String, _ next: () throws -> [UInt8]) throws {
        try FileSystem.createFolder(FileSystem.parent(of: path))
        let file = try FileSystem.open(path, O_WRONLY | O_CREAT | O_EXCL, action: "create")
        while true {
            let block = try next()
            if block.isEmpty { return }
            try FileSystem.write(block, to: file.number, path: path)
        }
    }

    /// The path of a member in the package, without `.` and empty parts.
    private static func path(of member: PackageMember) throws -> String {
        let parts = member.name.split(separator: "/").filter { $0 != "." }
        let isInside =
            !member.name.hasPrefix("/") && !parts.contains("..") && !member.name.utf8.contains(0)
        // The folder itself is a member of many a package.
        guard isInside, !parts.isEmpty || member.kind == .folder else {
            throw Refusal(problem: "\"\(member.name)\" is not a path inside the package")
        }
        return parts.joined(separator: "/")
    }
}
