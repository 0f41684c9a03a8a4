import Collapse
import Compute
import Support
import Synchronization
import Text

/// What is fixed for a seed: its order of the images, and what generated images are compared with.
package final class DiffusionData: Sendable {
    /// All images of the set, in the seed's order: the real stream.
    let images: ImageExamples
    let classes: Int
    /// Pixels of a row of an image.
    let width: Int
    /// The images of generation 0's data.
    let initialSize: Int
    let key: RandomKey
    private let judge = Mutex<ImageJudge?>(nil)
    /// Probes by the parameters of the model whose latents they were trained on.
    private let probes = BoundedCache<[Float], SoftmaxProbe>(capacity: 4)

    init(_ set: ImageSet, initialSize: Int, key: RandomKey) {
        classes = set.classes
        width = set.width
        self.initialSize = initialSize
        self.key = key
        var random = RandomStream(key.with(purpose: .realOrder))
        let order = random.permutation(of: set.count)
        let half = Float(set.brightest) / 2
        images = ImageExamples(
            pixels: order.flatMap { index in
                set.pixels[index * set.size..<(index + 1) * set.size].map { Float($0) / half - 1 }
            }, labels: order.map { set.labels[$0] })
    }

    /// A probe on the latents of generation 0's data under a model, made when it is first asked for.
    ///
    /// - Parameters:
    ///   - parameters: The model's.
    ///   - latents: The latents of ``initialImages``, a row each.
    /// - Returns: The same probe for the same model.
    /// - Throws: Nothing of its own.
    func probe(on parameters: [Float], latents: () -> Matrix) throws -> SoftmaxProbe {
        try probes.value(for: parameters) {
            SoftmaxProbe(features: latents(), labels: initialImages.labels, classes: classes)
        }
    }

    /// What generation 0 is trained on.
    var initialImages: ImageExamples { images.prefix(size: initialSize) }

    /// What judges images, made when it is first asked for.
    func imageJudge(neighbours: Int) -> ImageJudge {
        judge.withLock { judge in
            if let judge { return judge }
            let made = ImageJudge(
                reference: images, classes: classes, neighbours: neighbours,
                key: key.with(purpose: .evaluate))
            judge = made
            return made
        }
    }
}

/// Compares images with all real ones, in the features of a classifier.
struct ImageJudge: Sendable {
    private let classifier: ImageClassifier
    private let distance: FrechetDistance
    private let neighbourhoods: Neighbourhoods
    private let features: Matrix
    private let variances: [Double]
    private let neighbours: Int

    /// What is found of some images.
    struct Judgement {
        var frechetDistance: Double
        var precision: Double
        var recall: Double
        var classAccuracy: Double
        /// The mean over classes of the variance within a class, as a share of that of real images.
        var withinClassVariance: Double
    }

    init(reference: ImageExamples, classes: Int, neighbours: Int, key: RandomKey) {
        classifier = ImageClassifier(
            pixels: reference.pixels, labels: reference.labels, classes: classes, key: key)
        features = classifier.judgement(of: reference.pixels).features
        distance = FrechetDistance(from: features)
        neighbourhoods = Neighbourhoods(of: features, k: neighbours)
        variances = Self.variances(of: reference, classes: classes)
        self.neighbours = neighbours
    }

    func judge(_ images: ImageExamples) -> Judgement {
        let (own, found) = classifier.judgement(of: images.pixels)
        let right = zip(found, images.labels).count { $0 == $1 }
        let ratios = zip(Self.variances(of: images, classes: variances.count), variances).map(/)
        return Judgement(
            frechetDistance: distance(to: own), precision: neighbourhoods.share(covering: own),
            recall: Neighbourhoods(of: own, k: neighbours).share(covering: features),
            classAccuracy: Double(right) / Double(images.count),
            withinClassVariance: ratios.reduce(0, +) / Double(ratios.count))
    }

    /// The sum over pixels of the variance within each class.
    private static func variances(of images: ImageExamples, classes: Int) -> [Double] {
        (0..<classes).map { label in
            let own = images.labels.indices.filter { Int(images.labels[$0]) == label }
            return (0..<images.imageSize).reduce(0) { sum, column in
                let values = own.map { Double(images.pixels[$0 * images.imageSize + column]) }
                let mean = values.reduce(0, +) / Double(values.count)
                return sum + values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                    / Double(max(1, values.count - 1))
            }
        }
    }
}
