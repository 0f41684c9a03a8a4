import Support

extension CorpusLibrary {
    /// What ``fetch(_:package:progress:)`` is about to do.
    package enum FetchStage: Sendable, Hashable, CustomStringConvertible {
        case alreadyHere
        case downloading(CorpusPackage)
        case unpacking
        case extracting
        case building

        package var description: String {
            switch self {
            case .alreadyHere: "already here, sums verified"
            case .downloading(let package): "downloading \(package)"
            case .unpacking: "unpacking"
            case .extracting: "extracting the text"
            case .building: "cutting, de-duplicating and splitting documents"
            }
        }
    }

    /// Builds a corpus from its package, unless it is there already.
    ///
    /// The package's sum and the extracted text's are verified. The corpus appears at once when all
    /// is done; a failure, or a process killed on the way, leaves what was there before. When only
    /// the rules of cutting have changed, the text at hand is cut anew and nothing is downloaded.
    ///
    /// - Parameters:
    ///   - name: A corpus that ships with a manifest.
    ///   - file: The package file, if it is already here; nil downloads it.
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
        _ = try? Staging.sweep(cache)
        try FileSystem.createFolder(cache)
        let working = try StagingFolder(in: cache)
        let text = try self.text(of: manifest, package: file, working, progress)
        progress(.building)
        let documents: SplitDocuments
        do {
            documents = try CorpusBuilder.build(parts: text.parts, rules: manifest.rules)
        } catch {
            throw CorpusError(
                .malformedPackage(
                    file: manifest.package.description,
                    problem: "part \(error.part + 1) is not UTF-8 at byte \(error.byteOffset)"))
        }
        let corpus = Corpus(
            name: name, title: manifest.title, licence: manifest.licence, rules: manifest.rules,
            documents: documents)
        let bytes = text.fileBytes
        try install(
            corpus,
            record: CorpusRecord(
                of: corpus, origin: .package(manifest.package), textSHA256: manifest.textSHA256,
                textBytes: bytes.count),
            text: bytes, working)
        return corpus
    }

    /// The verified text of a manifest: what is kept from an earlier fetch, or out of the package.
    private func text(
        of manifest: CorpusManifest, package file: String?, _ working: borrowing StagingFolder,
        _ progress: (FetchStage) -> Void
    ) throws -> ExtractedText {
        if let kept = try? folder(manifest.name).text(),
            SHA256.digest(of: kept).hexadecimal == manifest.textSHA256
        {
            return ExtractedText(file: kept)
        }
        let package: PackageFile
        if let file {
            package = try PackageFile(at: file, of: manifest.package)
        } else {
            progress(.downloading(manifest.package))
            package = try PackageFile(
                downloading: manifest.package, for: manifest.name, into: working.path)
        }
        progress(.unpacking)
        let root = try package.unpack(
            into: working.path, isWanted: manifest.extraction.reads)
        progress(.extracting)
        let text = try manifest.extraction.extract(from: root, file: package.path)
        let found = SHA256.digest(of: text.fileBytes).hexadecimal
        guard found == manifest.textSHA256 else {
            throw CorpusError(
                .wrongSum(
                    what: "the text extracted for \(manifest.name)", file: package.path,
                    expected: manifest.textSHA256, found: found))
        }
        return text
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
