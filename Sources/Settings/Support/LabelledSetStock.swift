import Collapse
import Support
import Text

/// Finds a labelled set that a specification names, fetching it when it is not there yet.
struct LabelledSetStock<Content: LabelledSet> {
    let name: String
    private let key: String
    private let library: LabelledSetLibrary<Content>
    private let resources: SettingResources

    /// - Parameters:
    ///   - name: The set's.
    ///   - key: The key that names it.
    ///   - resources: Where sets lie, and whether they may be fetched.
    init(_ name: String, key: String, _ resources: SettingResources) {
        self.name = name
        self.key = key
        library = LabelledSetLibrary(root: resources.root)
        self.resources = resources
    }

    /// What `corpora/` says of the set.
    func manifest() throws -> Content.Manifest {
        try resources.shared("manifest of the \(Content.content) \(name)") {
            guard let manifest = try library.manifest(name) else {
                let path = LabelledSetLibrary<Content>.manifestPath(name)
                throw SpecificationIssue(
                    path: [key], message: "\(path) is missing from \(resources.root)")
            }
            return manifest
        }
    }

    /// The set itself, verified and read once for all arms.
    func set() throws -> Content {
        let manifest = try manifest()
        return try resources.shared("\(Content.content) \(name)") {
            guard resources.mayFetch else {
                guard library.isBuilt(manifest) else {
                    throw MissingResource("the set of \(Content.content) \(name)")
                }
                return try library.load(manifest)
            }
            if !library.isBuilt(manifest) {
                resources.report("fetching the \(Content.content) \(name)")
            }
            return try library.fetch(manifest) { stage in
                if stage != .alreadyHere { resources.report("\(name): \(stage)") }
            }
        }
    }
}
