import Support

/// Getting and opening the package that a corpus comes from.
struct PackageFile {
    /// Where the file lies.
    let path: String
    private let package: CorpusPackage

    /// A package file that is already here, once its sum is right.
    init(at path: String, of package: CorpusPackage) throws {
        guard FileSystem.isFile(path) || !FileSystem.exists(path) else {
            throw CorpusError(.malformedPackage(file: path, problem: "is not a file"))
        }
        let found = try MappedFile(path).withBytes { SHA256.digest(of: $0) }.hexadecimal
        guard found == package.sha256 else {
            throw CorpusError(
                .wrongSum(
                    what: package.description, file: path, expected: package.sha256, found: found))
        }
        self.path = path
        self.package = package
    }

    /// Downloads the package into a folder and checks its sum.
    init(
        downloading package: CorpusPackage, for corpus: String, into folder: String
    ) throws {
        let download = folder + "/download"
        try FileSystem.createFolder(download)
        let command: [String]
        let tool: String
        switch package.kind {
        case .debian:
            tool = "apt"
            // The folder is private, so that the download cannot change to apt's own user.
            command = [
                "apt-get", "-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=1",
                "-o", "Acquire::http::Timeout=30", "-o", "Acquire::https::Timeout=30",
                "download", "\(package.name)=\(package.version)",
            ]
        case .pypi:
            tool = "python3-pip"
            // With the sum required, pip takes the one file of the version that has it.
            let requirement =
                "\(package.name)==\(package.version) --hash=sha256:\(package.sha256)\n"
            try AtomicFile.write(requirement, to: folder + "/requirements.txt")
            command =
                [
                    "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
                    "--no-deps", "--require-hashes", "--dest", ".", "-r", "../requirements.txt",
                ] + PackageFile.wheelOptions(package)
        }
        let outcome = try Subprocess.run(
            command, in: download, log: folder + "/download.log", toolPackage: tool)
        guard outcome.isSuccess, let name = try FileSystem.names(in: download).first else {
            throw CorpusError(
                .packageUnavailable(corpus: corpus, package: package, reason: outcome.reason))
        }
        try self.init(at: download + "/" + name, of: package)
    }

    /// What makes pip take a wheel that was compiled for another Python.
    private static func wheelOptions(_ package: CorpusPackage) -> [String] {
        let options = [("--python-version", package.python), ("--platform", package.platform)]
            .flatMap { name, value in value.map { [name, $0] } ?? [] }
        return options.isEmpty ? [] : options + ["--only-binary=:all:"]
    }

    /// Unpacks what is wanted of the package into `folder`/unpacked.
    ///
    /// - Parameters:
    ///   - folder: A folder of our own.
    ///   - limits: How much the package may hold.
    ///   - isWanted: Whether the file at this path in the package will be read.
    /// - Returns: The folder with the package's files.
    /// - Throws: ``CorpusError`` for a package that is damaged, holds more than `limits`, or has
    ///   links or names that lead out of it.
    func unpack(
        into folder: String, limits: UnpackingLimits = .usual,
        isWanted: @escaping (String) -> Bool
    ) throws -> String {
        let target = folder + "/unpacked"
        try FileSystem.createFolder(target)
        var unpacker = Unpacker(into: target, limits: limits, isWanted: isWanted)
        do {
            if path.hasSuffix(".deb") {
                try unpackDebian(&unpacker, folder)
            } else if path.hasSuffix(".whl") || path.hasSuffix(".zip") {
                try MappedFile(path).withBytes {
                    try ZIPArchive($0, limits: limits).unpack(with: &unpacker)
                }
            } else {
                try TarArchive(try tarBytes()).unpack(with: &unpacker)
            }
        } catch let refusal as Unpacker.Refusal {
            throw malformed(refusal.problem)
        } catch let failure as Inflation.Failure {
            throw malformed(failure.problem)
        }
        return target
    }

    private func malformed(_ problem: String) -> CorpusError {
        CorpusError(.malformedPackage(file: path, problem: "cannot be unpacked: \(problem)"))
    }

    /// A Debian package holds a tar archive in one of several compressions, which dpkg undoes.
    private func unpackDebian(_ unpacker: inout Unpacker, _ folder: String) throws {
        let outcome = try Subprocess.reading(
            ["dpkg-deb", "--fsys-tarfile", path], in: folder, log: folder + "/unpack.log",
            toolPackage: "dpkg"
        ) { try TarArchive($0).unpack(with: &unpacker) }
        guard outcome.isSuccess else { throw malformed(outcome.reason) }
    }

    /// The bytes of a tar archive that may be compressed with gzip.
    private func tarBytes() throws -> any ByteSource {
        let isCompressed = try BlockReader(path).next(2) == [0x1F, 0x8B]
        let source = BlockSource(try BlockReader(path))
        return isCompressed ? try InflatingSource(.zlibOrGzip, of: source) : source
    }
}
