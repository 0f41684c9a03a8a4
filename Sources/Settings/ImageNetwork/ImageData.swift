import Compute
import Synchronization
import Text

/// What is fixed for a seed: its order of the images, those held out, and the generator's own.
///
/// The order is cut into held-out images, the real stream, and, at its end, the images that the
/// generator learned from, so that generators of all sizes label the same stream.
package final class ImageData: Sendable {
    let images: ImageSet
    /// From 0 to 1, image by image.
    private let pixels: [Float]
    let heldOut: [Int]
    let stream: [Int]
    let generatorImages: [Int]
    let key: RandomKey
    /// The base model, trained when it is first asked for.
    let generator = Mutex<TwoLayerNetwork<Float>?>(nil)

    init(_ images: ImageSet, heldOut: Int, labellerSize: Int, key: RandomKey) {
        self.images = images
        self.key = key
        pixels = images.pixels.map { Float($0) / Float(images.brightest) }
        var random = RandomStream(key.with(purpose: .realOrder))
        let order = random.permutation(of: images.count)
        self.heldOut = Array(order[..<heldOut])
        stream = Array(order[heldOut..<(order.count - labellerSize)])
        generatorImages = order.suffix(labellerSize)
    }

    /// The pixels of some images, end to end.
    func pixels(of indices: some Collection<Int>) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(indices.count * images.size)
        for index in indices { result += pixels[index * images.size..<(index + 1) * images.size] }
        return result
    }

    /// Images with their true labels.
    func real(_ indices: some Collection<Int>) -> LabelledImages {
        LabelledImages(
            images: indices.map { Int32($0) }, labels: indices.map { images.labels[$0] })
    }
}
