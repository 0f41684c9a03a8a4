import Collapse
import Support
import Text

/// Finds the corpora that specifications name, fetching shipped ones that are not there yet.
struct CorpusStock {
    private let library: CorpusLibrary
    private let resources: SettingResources

    init(_ resources: SettingResources) {
        library = CorpusLibrary(root: resources.root)
        self.resources = resources
    }

    /// The corpus of a name, verified and read once for all arms; `key` is the key that names it,
    /// for the ``SpecificationIssue`` that an unknown one throws.
    func corpus(_ name: String, key: [String]) throws -> Corpus {
        do {
            return try resources.shared("corpus \(name)") {
                do {
                    return try library.load(name)
                } catch let error as CorpusError where error.kind == .notFetched(name: name) {
                    return try fetch(name)
                }
            }
        } catch let error as CorpusError {
            guard case .unknown = error.kind else { throw error }
            throw SpecificationIssue(path: key, message: error.description)
        }
    }

    /// The corpus of a name and content, where it is on this machine; nothing is fetched.
    func known(_ name: String, contentHash: String) -> Corpus? {
        let corpus = try? resources.shared("corpus \(name)") { try library.load(name) }
        return corpus?.contentHash == contentHash ? corpus : nil
    }

    /// What a split of a corpus shares with the train split of another, counted once for all arms.
    func overlap(
        of text: Corpus, _ split: Split, in other: Corpus
    ) throws -> CorpusStatistics.Overlap {
        try resources.shared("overlap \(text.contentHash) \(split.rawValue) \(other.contentHash)") {
            CorpusStatistics.Overlap(of: text[split], in: other.train, split: split)
        }
    }

    private func fetch(_ name: String) throws -> Corpus {
        guard resources.mayFetch else { throw MissingResource("the corpus \(name)") }
        resources.report("fetching the corpus \(name)")
        return try library.fetch(name) { [resources] in resources.report("\(name): \($0)") }
    }
}
