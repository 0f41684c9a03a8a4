import Support

/// Getting and opening the package that a corpus comes from.
struct PackageFile {
    /// Where the file lies.
    let path: String
    private let package: CorpusPackage

    /// A package file that is already here, once its sum is right.
    init(at path: String, of package: CorpusPackage) throws {
        let found = SHA256.digest(of: try FileSystem.content(of: path)).hexadecimal
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

    /// Unpacks the package into `folder`/unpacked.
    ///
    /// - Returns: The folder with the package's files.
    func unpack(into folder: String) throws -> String {
        let target = folder + "/unpacked"
        try FileSystem.createFolder(target)
        let command: [String]
        let tool: String
        if path.hasSuffix(".deb") {
            (command, tool) = (["dpkg-deb", "-x", path, target], "dpkg")
        } else if path.hasSuffix(".whl") || path.hasSuffix(".zip") {
            (command, tool) = (["python3", "-m", "zipfile", "-e", path, target], "python3")
        } else {
            (command, tool) = (
                ["tar", "-xf", path, "-C", target, "--no-same-owner"], "tar"
            )
        }
        let outcome = try Subprocess.run(
            command, in: target, log: folder + "/unpack.log", toolPackage: tool)
        guard outcome.isSuccess else {
            throw CorpusError(
                .malformedPackage(file: path, problem: "cannot be unpacked: \(outcome.reason)"))
        }
        return target
    }
}
