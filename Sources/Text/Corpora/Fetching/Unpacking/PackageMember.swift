/// A file or folder of a package, as the package describes it; nothing of it is to be trusted.
struct PackageMember {
    enum Kind {
        case file, folder, link
        /// A device, a pipe, or what only its own format knows.
        case other
    }

    var name: String
    var kind: Kind
    /// The bytes of its content.
    var size: Int
}

/// How much a package may hold.
package struct UnpackingLimits: Sendable {
    /// The bytes that are unpacked, those that nobody wants included.
    package var bytes: Int
    /// The files, folders and links.
    package var members: Int

    package init(bytes: Int, members: Int) {
        self.bytes = bytes
        self.members = members
    }

    /// Ten times what the largest package of the corpora holds.
    package static let usual = UnpackingLimits(bytes: 1 << 30, members: 100_000)
}
