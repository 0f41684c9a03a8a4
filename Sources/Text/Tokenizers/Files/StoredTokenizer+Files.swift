package import Support

extension StoredTokenizer {
    /// The files that make up the tokenizer at a path, those beside it that say something of it
    /// included: a copy of them in a folder of its own is the same tokenizer.
    ///
    /// - Parameter path: A file or a folder, as of ``init(at:boundary:)``.
    /// - Returns: The files, in a fixed order.
    /// - Throws: `TokenizerFileError` where there is none.
    package static func files(at path: String) throws(TokenizerFileError) -> [PathKind.File] {
        guard !FileSystem.isFolder(path) else {
            let found = files(in: path)
            let names = found.map(\.name)
            let pair = [VocabularyPair.vocabularyFile, VocabularyPair.mergesFile]
            guard names.contains(fileName) || pair.allSatisfy(names.contains) else {
                throw absence(in: path)
            }
            return found
        }
        guard FileSystem.isFile(path) else {
            throw TokenizerFileError(
                .notATokenizer(problem: "is missing: there is no such file"), file: path)
        }
        let isNamed = ([fileName] + [VocabularyPair.vocabularyFile, VocabularyPair.mergesFile])
            .contains { path == $0 || path.hasSuffix("/" + $0) }
        guard isNamed else { return [PathKind.File(name: fileName, path: path)] }
        return files(in: FileSystem.parent(of: path))
    }

    /// The files of a tokenizer that there are in a folder, in a fixed order.
    package static func files(in folder: String) -> [PathKind.File] {
        ([fileName, VocabularyPair.vocabularyFile, VocabularyPair.mergesFile]
            + TokenizerCompanions.files)
            .map { PathKind.File(name: $0, path: folder + "/" + $0) }
            .filter { FileSystem.isNamed($0.path) }
    }
}
