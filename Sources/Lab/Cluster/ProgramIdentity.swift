package import Support

/// Which program works on a run: several processes must be the same one, so that it does not matter
/// which of them computes what.
package struct ProgramIdentity: Hashable, Sendable, Codable {
    /// The version that the program reports.
    package var version: String
    /// SHA-256 of its executable file, in 64 hexadecimal digits.
    package var sha256: String

    package init(version: String, sha256: String) {
        self.version = version
        self.sha256 = sha256
    }

    /// The program that runs.
    ///
    /// - Throws: `FileError` where its file cannot be read.
    package static func current(version: String) throws(FileError) -> ProgramIdentity {
        ProgramIdentity(
            version: version,
            sha256: try SHA256.digest(ofFile: "/proc/self/exe").digest.hexadecimal)
    }
}
