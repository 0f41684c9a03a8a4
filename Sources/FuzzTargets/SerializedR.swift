/// Values in R's serialisation format, as "R Internals" section 1.8 describes it.
struct SerializedR {
    /// The name of the one data set of ``index``.
    static let variable = "lines"

    private var bytes = Array("X\n".utf8)

    private init() {
        // Version 3 with its native encoding; the writer's and the oldest reader's version.
        for word: UInt32 in [3, 0x0004_0203, 0x0003_0500, 5] { self.word(word) }
        bytes += Array("UTF-8".utf8)
    }

    /// The index of a lazy-load database that holds ``lines``: its place is the whole file of
    /// records.
    static var index: [UInt8] {
        var value = SerializedR()
        value.vector(19, count: 1, hasAttributes: true)
        value.vector(19, count: 1, hasAttributes: true)
        value.integers([0, UInt32(recordByteCount)])
        value.names([variable])
        value.names(["variables"])
        return value.bytes
    }

    /// More bytes than ``lines`` take, compressed.
    static let recordByteCount = 255

    /// A character vector: `c("One.", "", NA)`.
    static var lines: [UInt8] {
        var value = SerializedR()
        value.vector(16, count: 3)
        value.string(Array("One.".utf8))
        value.string([])
        value.string(nil)
        return value.bytes
    }

    /// A pair list of one variable, a data frame of two columns of strings.
    static var dataFrame: [UInt8] {
        var value = SerializedR()
        value.word(2 | 1 << 10)
        value.symbol(variable)
        value.vector(19, count: 2, hasAttributes: true)
        for column in [["One.", "Two."], ["A", "B"]] {
            value.vector(16, count: column.count)
            for text in column { value.string(Array(text.utf8)) }
        }
        value.names(["text", "part"])
        value.word(254)
        return value.bytes
    }

    /// A list with every kind of item that is read.
    static var everything: [UInt8] {
        var value = SerializedR()
        value.vector(19, count: 6, hasAttributes: true)
        value.integers([1, .max])
        value.vector(14, count: 1)
        value.word(0x3FE0_0000)
        value.word(0)
        value.vector(24, count: 2)
        value.bytes += [1, 2]
        value.vector(16, count: 1)
        value.string([0xE9], levels: 1 << 2)
        value.word(254)
        // A wrapper: class, state, attributes.
        value.word(238)
        value.word(2)
        value.symbol("wrap_integer")
        value.word(254)
        value.vector(19, count: 1)
        value.integers([7])
        value.word(254)
        value.names(["a", "b", "c", "d", "e", "f"])
        return value.bytes
    }

    private mutating func word(_ word: UInt32) {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    private mutating func vector(_ kind: UInt32, count: Int, hasAttributes: Bool = false) {
        word(kind | (hasAttributes ? 1 << 9 : 0))
        word(UInt32(count))
    }

    private mutating func integers(_ elements: [UInt32]) {
        vector(13, count: elements.count)
        for element in elements { word(element) }
    }

    private mutating func string(_ text: [UInt8]?, levels: UInt32 = 1 << 3) {
        word(9 | levels << 12)
        word(text.map { UInt32($0.count) } ?? .max)
        bytes += text ?? []
    }

    private mutating func symbol(_ name: String) {
        word(1)
        string(Array(name.utf8))
    }

    /// A pair list of the one attribute `names`.
    private mutating func names(_ names: [String]) {
        word(2 | 1 << 10)
        symbol("names")
        vector(16, count: names.count)
        for name in names { string(Array(name.utf8)) }
        word(254)
    }
}
