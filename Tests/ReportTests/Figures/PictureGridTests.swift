import CZlib
import Collapse
import Foundation
import Report
import Testing

@Suite struct PictureGridTests {
    /// The chunks of a PNG file by their type, each held against its sum.
    private func chunks(_ file: Data) throws -> [String: Data] {
        #expect(file.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        func number(_ place: Int) -> Int {
            file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        var chunks: [String: Data] = [:]
        var place = 8
        while place < file.count {
            let length = number(place)
            let body = Array(file[place + 4..<place + 8 + length])
            #expect(Int(crc32(0, body, UInt32(body.count))) == number(place + 8 + length))
            chunks[String(decoding: body.prefix(4), as: UTF8.self)] = Data(body[4...])
            place += 12 + length
        }
        return chunks
    }

    @Test("Pictures stand in rows and columns with a gap around each")
    func grid() throws {
        let pictures = (0..<3).map { index in
            Picture(width: 2, shades: Data([0, 50, 100, UInt8(index)]), label: "\(index)")
        }
        let chunks = try chunks(PictureGrid(pictures, columns: 2).png)
        #expect(chunks["IHDR"] == Data([0, 0, 0, 7, 0, 0, 0, 7, 8, 0, 0, 0, 0]))
        #expect(chunks["IEND"] == Data())
        let packed = try #require(chunks["IDAT"])
        var size = UInt(100)
        var rows = [UInt8](repeating: 0, count: 100)
        #expect(uncompress(&rows, &size, Array(packed), UInt(packed.count)) == Z_OK)
        let g: UInt8 = 128
        #expect(
            Array(rows.prefix(Int(size))) == [
                0, g, g, g, g, g, g, g,
                0, g, 0, 50, g, 0, 50, g,
                0, g, 100, 0, g, 100, 1, g,
                0, g, g, g, g, g, g, g,
                0, g, 0, 50, g, g, g, g,
                0, g, 100, 2, g, g, g, g,
                0, g, g, g, g, g, g, g,
            ])
    }

    @Test("A picture of incomplete rows is not read")
    func damaged() throws {
        let picture = Picture(width: 2, shades: Data([1, 2, 3, 4]), label: "a")
        let text = String(decoding: try JSONEncoder().encode(picture), as: UTF8.self)
        #expect(try JSONDecoder().decode(Picture.self, from: Data(text.utf8)) == picture)
        for width in ["0", "-1", "3"] {
            let other = text.replacingOccurrences(of: "\"width\":2", with: "\"width\":\(width)")
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(Picture.self, from: Data(other.utf8))
            }
        }
    }
}
