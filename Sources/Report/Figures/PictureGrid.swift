import CZlib
package import Collapse
package import Foundation

/// Pictures of one size in rows and columns, with a gap between each two, as one image.
package struct PictureGrid {
    private let width: Int
    private let height: Int
    private let shades: [UInt8]

    private static let gap = 1
    private static let background: UInt8 = 128

    /// - Parameters:
    ///   - pictures: At least one; those of another size than the first are left out.
    ///   - columns: Pictures of a row.
    package init(_ pictures: [Picture], columns: Int) {
        let (own, tall) = (pictures[0].width, pictures[0].height)
        let shown = pictures.filter { $0.width == own && $0.height == tall }
        let columns = max(1, min(columns, shown.count))
        let rows = (shown.count + columns - 1) / columns
        width = columns * (own + Self.gap) + Self.gap
        height = rows * (tall + Self.gap) + Self.gap
        var shades = [UInt8](repeating: Self.background, count: width * height)
        for (index, picture) in shown.enumerated() {
            let left = Self.gap + index % columns * (own + Self.gap)
            let top = Self.gap + index / columns * (tall + Self.gap)
            for (place, shade) in picture.shades.enumerated() {
                shades[(top + place / own) * width + left + place % own] = shade
            }
        }
        self.shades = shades
    }

    /// The grid as a PNG file (ISO/IEC 15948) of eight bits of grey.
    package var png: Data {
        var header = Data()
        for size in [width, height] { header.append(bigEndian: UInt32(size)) }
        header.append(contentsOf: [8, 0, 0, 0, 0])
        // Each row begins with its filter: none.
        let rows = (0..<height).flatMap { [0] + shades[$0 * width..<($0 + 1) * width] }
        var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        file.append(chunk("IHDR", header))
        file.append(chunk("IDAT", Self.compressed(rows)))
        file.append(chunk("IEND", Data()))
        return file
    }

    private func chunk(_ type: String, _ content: Data) -> Data {
        let body = Data(type.utf8) + content
        var chunk = Data()
        chunk.append(bigEndian: UInt32(content.count))
        chunk.append(body)
        chunk.append(
            bigEndian: body.withUnsafeBytes { bytes in
                UInt32(
                    crc32(0, bytes.bindMemory(to: UInt8.self).baseAddress, UInt32(bytes.count)))
            })
        return chunk
    }

    private static func compressed(_ bytes: [UInt8]) -> Data {
        var size = compressBound(UInt(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(size))
        let code = compress2(&result, &size, bytes, UInt(bytes.count), Z_BEST_COMPRESSION)
        precondition(code == Z_OK, "zlib refuses to compress: \(code)")
        return Data(result.prefix(Int(size)))
    }
}

extension Data {
    fileprivate mutating func append(bigEndian number: UInt32) {
        append(contentsOf: Swift.withUnsafeBytes(of: number.bigEndian) { Array($0) })
    }
}
