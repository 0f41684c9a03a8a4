import Collapse
import Support
import Text

/// Finds a set of rows with several views, fetching it when it is not there yet.
struct FeatureStock {
    let name: String
    private let library: FeatureLibrary
    private let resources: SettingResources

    init(_ name: String, _ resources: SettingResources) {
        self.name = name
        library = FeatureLibrary(root: resources.root)
        self.resources = resources
    }

    /// What `corpora/` says of the set.
    func manifest() throws -> FeatureManifest {
        try resources.shared("manifest of \(name)") {
            guard let manifest = try library.manifest(name) else {
                throw SpecificationIssue(
                    path: [MultiviewSetting.data.name],
                    message: "corpora/\(name).features.json is missing from \(resources.root)")
            }
            return manifest
        }
    }

    /// The set itself, verified and read once for all arms.
    func rows() throws -> FeatureSet {
        let manifest = try manifest()
        return try resources.shared("features \(name)") {
            guard library.isBuilt(manifest) || resources.mayFetch else {
                throw MissingResource("the set of features \(name)")
            }
            if !library.isBuilt(manifest) { resources.report("fetching the features \(name)") }
            return try library.fetch(manifest) { stage in
                if stage != .alreadyHere { resources.report("\(name): \(stage)") }
            }
        }
    }
}
