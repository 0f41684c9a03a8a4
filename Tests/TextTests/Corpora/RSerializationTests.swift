import Testing
import Text

/// Writes R's serialisation format, as "R Internals" section 1.8 describes it.
struct RWriter {
    var bytes: [UInt8] = []

    init(version: UInt32) {
        bytes = Array("X\n".utf8)
        word(version)
        word(0x0004_0203)
        word(0x0003_0500)
        if version == 3 {
            word(5)
            bytes += Array("UTF-8".utf8)
        }
    }

    mutating func word(_ value: UInt32) {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func string(_ text: [UInt8]?, levels: UInt32 = 1 << 3) {
        word(9 | levels << 12)
        word(text.map { UInt32($0.count) } ?? .max)
        bytes += text ?? []
    }

    mutating func symbol(_ name: String) {
        word(1)
        string(Array(name.utf8))
    }

    mutating func characters(_ texts: [String], flags: UInt32 = 0) {
        word(16 | flags)
        word(UInt32(texts.count))
        for text in texts { string(Array(text.utf8)) }
    }

    /// A list of columns of strings with their names.
    mutating func frame(_ columns: KeyValuePairs<String, [String]>) {
        word(19 | 1 << 9)
        word(UInt32(columns.count))
        for column in columns { characters(column.value) }
        names(columns.map(\.key))
    }

    /// A pair list of one pair: names = the texts.
    mutating func names(_ texts: [String], symbolIndex: UInt32? = nil) {
        word(2 | 1 << 10)
        if let symbolIndex { word(255 | symbolIndex << 8) } else { symbol("names") }
        characters(texts)
        word(254)
    }
}

@Suite struct RSerializationTests {
    @Test(arguments: [UInt32(2), 3])
    func valuesAreRead(version: UInt32) throws {
        var writer = RWriter(version: version)
        // list(a = c("x", NA, "é"), b = c(d = 1L, e = -2L), c = NULL, d = 0.5)
        writer.word(19 | 1 << 9)
        writer.word(4)
        writer.word(16)
        writer.word(3)
        writer.string([0x78])
        writer.string(nil)
        writer.string([0xE9], levels: 1 << 2)
        writer.word(13 | 1 << 9)
        writer.word(2)
        writer.word(1)
        writer.word(UInt32(bitPattern: -2))
        writer.names(["d", "e"])
        writer.word(254)
        writer.word(14)
        writer.word(1)
        writer.word(0x3FE0_0000)
        writer.word(0)
        writer.names(["a", "b", "c", "d"], symbolIndex: 1)

        let value = try RSerialization.read(writer.bytes)
        #expect(value["a"]?.content == .characters([[0x78], nil, [0xC3, 0xA9]]))
        #expect(value["b"]?.content == .integers([1, -2]))
        #expect(value["b"]?.names == [Array("d".utf8), Array("e".utf8)])
        #expect(value["c"]?.content == .null)
        #expect(value["d"]?.content == .reals([0.5]))
        #expect(value["e"] == nil)
    }

    @Test func wrappersAreOpened() throws {
        var writer = RWriter(version: 3)
        writer.word(238)
        writer.word(2)
        writer.symbol("wrap_string")
        writer.word(254)
        writer.word(19)
        writer.word(2)
        writer.characters(["a"])
        writer.word(254)
        writer.word(254)
        #expect(try RSerialization.read(writer.bytes).content == .characters([[0x61]]))
    }

    @Test func anythingCutShortIsRefused() throws {
        var writer = RWriter(version: 3)
        writer.word(19 | 1 << 9)
        writer.word(2)
        writer.characters(["abc", "de"])
        writer.word(24)
        writer.word(3)
        writer.bytes += [1, 2, 3]
        writer.names(["a", "b"])
        _ = try RSerialization.read(writer.bytes)
        for count in 0..<writer.bytes.count {
            #expect(throws: RSerialization.Failure.self, "\(count) bytes") {
                try RSerialization.read(Array(writer.bytes[..<count]))
            }
        }
    }

    @Test func whatIsNoDataIsRefused() {
        // A closure, a symbol that is not there, a huge vector, an endless nesting.
        var closure = RWriter(version: 2)
        closure.word(3)
        var reference = RWriter(version: 2)
        reference.word(255 | 7 << 8)
        var vector = RWriter(version: 2)
        vector.word(16)
        vector.word(0x7FFF_FFFF)
        var nested = RWriter(version: 2)
        for _ in 0..<10_000 {
            nested.word(19)
            nested.word(1)
        }
        var old = RWriter(version: 2)
        old.bytes[5] = 9
        for writer in [closure, reference, vector, nested, old] {
            #expect(throws: RSerialization.Failure.self) { try RSerialization.read(writer.bytes) }
        }
    }
}
