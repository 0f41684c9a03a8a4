/// A file of this machine by its place and its content, written `PATH@sha256:HEX`.
public struct PinnedFile: Hashable, Sendable {
    /// The absolute path.
    public var path: String
    /// 64 lower-case hexadecimal digits, the SHA-256 of what it holds.
    public var sha256: String

    private static let mark = "@sha256:"

    public init(path: String, sha256: String) {
        self.path = path
        self.sha256 = sha256
    }

    /// Reads what ``text`` writes; nil where a text is something else.
    public init?(_ text: String) {
        let hash = text.suffix(64)
        let place = text.dropLast(64)
        guard text.hasPrefix("/"), hash.utf8.count == 64, place.hasSuffix(Self.mark),
            hash.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.init(path: String(place.dropLast(Self.mark.count)), sha256: String(hash))
    }

    /// As a specification has it.
    public var text: String { path + Self.mark + sha256 }
}
