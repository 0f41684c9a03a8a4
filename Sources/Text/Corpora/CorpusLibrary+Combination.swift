import Compute
import Support

/// Corpora whose documents are those of others.
///
/// A document's split follows from its content and the shares of the splits: where all members have
/// equal shares, each document stays in its split, and one that two members have is in one split.
extension CorpusLibrary {
    /// Makes a corpus of the documents of others; those of them that are not here are fetched.
    func combine(
        _ manifest: CorpusManifest, of names: [String], _ progress: (FetchStage) -> Void
    ) throws -> Corpus {
        let split = try members(of: manifest, names).split
        let members = try names.map { name in
            progress(.member(name))
            return try fetch(name, progress: progress)
        }
        progress(.combining)
        // Every document of a member is a part, and stays as it is.
        let rules = CorpusRules(
            normalization: UnicodeNormalizer(form: .none), documents: .wholePart, split: split)
        let parts = members.flatMap { member in
            Split.allCases.flatMap { member[$0].documents }
        }
        let corpus = Corpus(
            name: manifest.name, title: manifest.title, licence: manifest.licence, rules: rules,
            documents: try CorpusBuilder.build(parts: parts, rules: rules))
        let origin = CorpusRecord.Origin.corpora(
            members.map { CorpusRecord.Member(name: $0.name, contentHash: $0.contentHash) })
        try install(
            corpus, record: CorpusRecord(of: corpus, origin: origin, text: nil), text: nil,
            try stagingFolder())
        return corpus
    }

    /// The members of a combination as they are built now; nil where one of them is not, or not by
    /// its manifest as it is now.
    func builtMembers(
        of manifest: CorpusManifest, _ names: [String]
    ) throws -> [CorpusRecord.Member]? {
        var built: [CorpusRecord.Member] = []
        for member in try members(of: manifest, names).manifests {
            guard let record = try folder(member.name).record(), try isCurrent(record, member)
            else { return nil }
            built.append(CorpusRecord.Member(name: member.name, contentHash: record.contentHash))
        }
        return built
    }

    /// The manifests of a combination's members, and the shares of the splits that all of them have.
    ///
    /// - Throws: The member that has no manifest, combines others itself, or has other shares.
    private func members(
        of manifest: CorpusManifest, _ names: [String]
    ) throws -> (manifests: [CorpusManifest], split: SplitRule) {
        func refusal(_ problem: String) -> CorpusError {
            CorpusError(
                .malformedFile(
                    file: manifestFile(manifest.name), position: "corpora", problem: problem))
        }
        var manifests: [CorpusManifest] = []
        var split: SplitRule?
        for name in names {
            guard let member = try self.manifest(name) else {
                let choices = try manifestNames().filter { $0 != manifest.name }
                let meant = NearestWord.find(name, in: choices).map { "; did you mean \($0)?" }
                throw refusal(
                    "\(name) has no manifest here\(meant ?? ": name corpora that have one")")
            }
            guard case .package(let text) = member.source else {
                throw refusal(
                    "\(name) combines others itself: name those instead")
            }
            guard [nil, text.rules.split].contains(split) else {
                throw refusal(
                    "\(name) has other shares of the splits than \(names[0]), so that a document "
                        + "could be in two splits: give them equal shares")
            }
            split = text.rules.split
            manifests.append(member)
        }
        guard let split else { throw refusal("this list is empty") }
        return (manifests, split)
    }
}
