/// What images are rewarded for; pixels beyond black and white count as these.
package enum ImageReward: String, CaseIterable, Sendable {
    /// The mean of the pixels.
    case ink
    /// Minus the mean square of the differences between neighbours in a row, and in a column.
    case smoothness
    /// Minus the mean square of the differences between an image and its mirror image.
    case symmetry

    /// The reward of one image, row after row of `width` pixels.
    func value(of pixels: ArraySlice<Float>, width: Int) -> Double {
        let image = pixels.map { pixel in
            // What is not a number stays none.
            pixel.isNaN ? Double.nan : Double(min(max(pixel, -1), 1))
        }
        func meanSquare(_ pairs: [(Int, Int)]) -> Double {
            pairs.reduce(0) { sum, pair in
                let difference = image[pair.0] - image[pair.1]
                return sum + difference * difference
            } / Double(max(1, pairs.count))
        }
        switch self {
        case .ink: return image.reduce(0, +) / Double(image.count)
        case .smoothness:
            let across = image.indices.filter { $0 % width > 0 }.map { ($0 - 1, $0) }
            let down = image.indices.filter { $0 >= width }.map { ($0 - width, $0) }
            return -meanSquare(across) - meanSquare(down)
        case .symmetry:
            return -meanSquare(
                image.indices.map { ($0, $0 / width * width + width - 1 - $0 % width) })
        }
    }
}
