public import Foundation

/// A small picture of an example in shades of grey, for reports.
public struct Picture: Hashable, Sendable, Codable {
    /// Pixels of a row.
    public let width: Int
    /// Row by row from the top, 0 for black and 255 for white.
    public let shades: Data
    /// What the picture is of, in a word.
    public let label: String

    /// Rows of pixels.
    public var height: Int { width == 0 ? 0 : shades.count / width }

    /// - Parameters:
    ///   - width: Pixels of a row, which divides their number.
    ///   - shades: Row by row from the top, 0 for black and 255 for white.
    ///   - label: What the picture is of.
    public init(width: Int, shades: Data, label: String) {
        precondition(
            width > 0 && shades.count % width == 0, "\(shades.count) pixels in rows of \(width)")
        self.width = width
        self.shades = shades
        self.label = label
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        width = try values.decode(Int.self, forKey: .width)
        shades = try values.decode(Data.self, forKey: .shades)
        label = try values.decode(String.self, forKey: .label)
        guard width > 0, shades.count % width == 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .shades, in: values,
                debugDescription: "\(shades.count) pixels in rows of \(width)")
        }
    }
}
