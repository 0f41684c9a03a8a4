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
