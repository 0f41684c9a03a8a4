import Collapse
import Support
import Text

/// Finds the corpora that specifications name, fetching shipped ones that are not there yet.
struct CorpusStock {
    private let library: CorpusLibrary
    private let report: @Sendable (String) -> Void

    init(_ resources: SettingResources) {
        library = CorpusLibrary(root: resources.root)
        report = resources.report
    }

    /// The corpus of a name; `key` is the key that names it, for the ``SpecificationIssue`` that an
    /// unknown one throws.
    func corpus(_ name: String, key: [String]) throws -> Corpus {
        do {
            return try library.load(name)
        } catch let error as CorpusError {
            switch error.kind {
            case .notFetched:
                report("fetching the corpus \(name)")
                return try library.fetch(name) { [report] in report("\(name): \($0)") }
            case .unknown:
                throw SpecificationIssue(path: key, message: error.description)
            default: throw error
            }
        }
    }
}
