import Collapse
import Support
import Text

/// The sets of images that specifications can name.
enum Images: String, CaseIterable, Sendable {
    case digits
    case mnist5k = "mnist-5k"

    static let key = Key<Images>(
        "images", .choice, default: .digits,
        hashed: .never(because: "the images themselves are hashed"),
        help: "The set: 1,797 digits of 8 x 8 pixels, or 5,000 of MNIST's of 28 x 28.")
}

/// Finds the images that a specification names, fetching them when they are not there yet.
struct ImageStock {
    let name: String
    private let library: ImageLibrary
    private let resources: SettingResources

    init(_ name: String, _ resources: SettingResources) {
        self.name = name
        library = ImageLibrary(root: resources.root)
        self.resources = resources
    }

    /// What `corpora/` says of the set.
    func manifest() throws -> ImageManifest {
        try resources.shared("manifest of \(name)") {
            guard let manifest = try library.manifest(name) else {
                throw SpecificationIssue(
                    path: [Images.key.name],
                    message: "corpora/\(name).images.json is missing from \(resources.root)")
            }
            return manifest
        }
    }

    /// The set itself, verified and read once for all arms.
    func images() throws -> ImageSet {
        let manifest = try manifest()
        return try resources.shared("images \(name)") {
            guard library.isBuilt(manifest) || resources.mayFetch else {
                throw MissingResource("the image set \(name)")
            }
            if !library.isBuilt(manifest) { resources.report("fetching the images \(name)") }
            return try library.fetch(manifest) { stage in
                if stage != .alreadyHere { resources.report("\(name): \(stage)") }
            }
        }
    }
}
