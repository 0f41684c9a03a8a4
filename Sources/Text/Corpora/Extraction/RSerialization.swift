/// A value of the R language, as far as text and tables need it.
package struct RValue: Sendable, Hashable {
    /// The type and elements of a value.
    ///
    /// NULL and the markers of R's special environments are `null`. Logicals are `integers`; NA
    /// among integers is `Int32.min`. Strings marked as Latin-1 are converted to UTF-8, all others
    /// kept byte for byte.
    package indirect enum Content: Sendable, Hashable {
        case null
        case symbol([UInt8])
        /// A character vector; nil stands for NA.
        case characters([[UInt8]?])
        case integers([Int32])
        case reals([Double])
        case bytes([UInt8])
        case list([RValue])
        /// A pair list: arguments, attributes.
        case pairs([Pair])
    }

    /// An element of a pair list.
    package struct Pair: Sendable, Hashable {
        /// The element's name; nil where it has none.
        package var tag: [UInt8]?
        /// The element.
        package var value: RValue
    }

    /// The value itself.
    package var content: Content
    /// The attributes in the order of the file; ``names`` is one of them.
    package var attributes: [Pair] = []

    /// The names of the elements, where the value has them all.
    package var names: [[UInt8]]? {
        let names = attributes.first { $0.tag == Array("names".utf8) }?.value.content
        guard case .characters(let characters) = names else { return nil }
        let present = characters.compactMap(\.self)
        return present.count == characters.count ? present : nil
    }

    /// The element of a list that has this name.
    package subscript(name: String) -> RValue? {
        guard case .list(let elements) = content, let names, names.count == elements.count,
            let index = names.firstIndex(of: Array(name.utf8))
        else { return nil }
        return elements[index]
    }
}

/// A reader of R's serialisation format, versions 2 and 3, in its XDR (big-endian) form.
///
/// The format is described in the manual "R Internals", section 1.8. Each item begins with a word
/// of flags: bits 0-7 the type, bit 9 "has attributes", bit 10 "has a tag", from bit 12 on the
/// levels of a string, which tell its encoding. Symbols are numbered as they come and referred to.
package struct RSerialization {
    /// Where and why the bytes are not a serialised value.
    package struct Failure: Error {
        /// What is wrong, to be read after the name of the data.
        package var problem: String
        /// The offset in the serialised bytes at which reading stopped.
        package var byteOffset: Int
    }

    private enum Kind {
        static let symbol: UInt32 = 1
        static let pairs: UInt32 = 2
        static let string: UInt32 = 9
        static let logicals: UInt32 = 10
        static let integers: UInt32 = 13
        static let reals: UInt32 = 14
        static let characters: UInt32 = 16
        static let list: UInt32 = 19
        static let bytes: UInt32 = 24
        static let alternative: UInt32 = 238
        /// Five environments and markers that hold nothing: base, empty, missing, unbound, global.
        static let markers: Set<UInt32> = [241, 242, 251, 252, 253]
        static let null: UInt32 = 254
        static let reference: UInt32 = 255
    }

    private static let greatestDepth = 100
    private static let hasAttributes: UInt32 = 1 << 9
    private static let hasTag: UInt32 = 1 << 10
    /// The level of a string that is in Latin-1.
    private static let isLatin1: UInt32 = 1 << (12 + 2)

    private let data: [UInt8]
    private var position = 0
    private var symbols: [[UInt8]] = []

    private init(_ data: [UInt8]) {
        self.data = data
    }

    /// Reads one value.
    package static func read(_ data: [UInt8]) throws(Failure) -> RValue {
        var reader = RSerialization(data)
        guard data.starts(with: [0x58, 0x0A]) else {
            throw reader.failure("does not begin with X, the mark of the XDR form")
        }
        reader.position = 2
        let version = try reader.word()
        _ = try reader.take(8)
        switch version {
        case 2: break
        case 3: _ = try reader.take(reader.count())
        default: throw reader.failure("is serialised in version \(version), not 2 or 3")
        }
        return try reader.item(depth: 0)
    }

    private func failure(_ problem: String) -> Failure {
        Failure(problem: problem, byteOffset: position)
    }

    private mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= data.count - position else {
            throw failure("ends where \(count) more bytes should be")
        }
        defer { position += count }
        return data[position..<position + count]
    }

    private mutating func word() throws(Failure) -> UInt32 {
        try take(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A length; -1 announces one of 64 bits.
    private mutating func count() throws(Failure) -> Int {
        let first = try word()
        guard first == .max else { return Int(first) }
        let (high, low) = (try word(), try word())
        guard high < 1 << 16 else { throw failure("has a vector of more than 2^48 elements") }
        return Int(high) << 32 | Int(low)
    }

    /// The length of a vector whose elements take at least `size` bytes each.
    private mutating func count(ofElements size: Int) throws(Failure) -> Int {
        let count = try count()
        guard count <= (data.count - position) / size else {
            throw failure("ends before the \(count) elements of a vector")
        }
        return count
    }

    private mutating func item(depth: Int) throws(Failure) -> RValue {
        let flags = try word()
        return try item(flags: flags, depth: depth)
    }

    private mutating func item(flags: UInt32, depth: Int) throws(Failure) -> RValue {
        guard depth < Self.greatestDepth else {
            throw failure("is nested more than \(Self.greatestDepth) levels deep")
        }
        let kind = flags & 0xFF
        switch kind {
        case Kind.null,
            _ where Kind.markers.contains(kind):
            return RValue(content: .null)
        case Kind.reference:
            let packed = Int(flags >> 8)
            let index = packed > 0 ? packed : Int(try word())
            guard (1...max(1, symbols.count)).contains(index), !symbols.isEmpty else {
                throw failure("refers to symbol \(index) of \(symbols.count)")
            }
            return RValue(content: .symbol(symbols[index - 1]))
        case Kind.symbol:
            guard case .characters(let name) = try item(depth: depth + 1).content,
                let name = name.first
            else { throw failure("has a symbol without a name") }
            symbols.append(name ?? Array("NA".utf8))
            return RValue(content: .symbol(name ?? Array("NA".utf8)))
        case Kind.pairs: return RValue(content: .pairs(try pairs(flags: flags, depth: depth)))
        case Kind.string:
            let text = try string(flags: flags)
            if flags & Self.hasAttributes != 0 { _ = try item(depth: depth + 1) }
            return RValue(content: .characters([text]))
        case Kind.alternative: return try alternative(depth: depth)
        default: break
        }
        var value = RValue(content: try vector(kind: kind, depth: depth))
        if flags & Self.hasAttributes != 0 {
            guard case .pairs(let attributes) = try item(depth: depth + 1).content else {
                throw failure("has attributes that are no pair list")
            }
            value.attributes = attributes
        }
        return value
    }

    private mutating func vector(kind: UInt32, depth: Int) throws(Failure) -> RValue.Content {
        switch kind {
        case Kind.logicals, Kind.integers:
            var elements: [Int32] = []
            for _ in 0..<(try count(ofElements: 4)) {
                elements.append(Int32(bitPattern: try word()))
            }
            return .integers(elements)
        case Kind.reals:
            var elements: [Double] = []
            for _ in 0..<(try count(ofElements: 8)) {
                let (high, low) = (try word(), try word())
                elements.append(Double(bitPattern: UInt64(high) << 32 | UInt64(low)))
            }
            return .reals(elements)
        case Kind.characters:
            var elements: [[UInt8]?] = []
            for _ in 0..<(try count(ofElements: 8)) {
                let flags = try word()
                guard flags & 0xFF == Kind.string else {
                    throw failure("has an element of type \(flags & 0xFF) among strings")
                }
                elements.append(try string(flags: flags))
            }
            return .characters(elements)
        case Kind.list:
            var elements: [RValue] = []
            for _ in 0..<(try count(ofElements: 4)) {
                elements.append(try item(depth: depth + 1))
            }
            return .list(elements)
        case Kind.bytes:
            return .bytes(Array(try take(count())))
        default:
            throw failure("has an item of type \(kind), which is no data")
        }
    }

    /// The bytes of a string in UTF-8; nil for NA.
    private mutating func string(flags: UInt32) throws(Failure) -> [UInt8]? {
        let count = try word()
        // The length -1 is NA's.
        if count == .max { return nil }
        let bytes = try take(Int(count))
        guard flags & Self.isLatin1 != 0 else { return Array(bytes) }
        return bytes.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] }
    }

    /// A pair list, read as a loop: it is nested in its tail.
    private mutating func pairs(flags first: UInt32, depth: Int) throws(Failure) -> [RValue.Pair] {
        var pairs: [RValue.Pair] = []
        var flags = first
        while flags & 0xFF == Kind.pairs {
            if flags & Self.hasAttributes != 0 { _ = try item(depth: depth + 1) }
            var tag: [UInt8]?
            if flags & Self.hasTag != 0, case .symbol(let name) = try item(depth: depth + 1).content
            {
                tag = name
            }
            pairs.append(RValue.Pair(tag: tag, value: try item(depth: depth + 1)))
            flags = try word()
        }
        guard flags & 0xFF == Kind.null else {
            throw failure("has a pair list that ends in an item of type \(flags & 0xFF)")
        }
        return pairs
    }

    /// An alternative representation: class, state, attributes. Wrappers hold the plain vector
    /// first.
    private mutating func alternative(depth: Int) throws(Failure) -> RValue {
        let (information, state) = (try item(depth: depth + 1), try item(depth: depth + 1))
        let attributes = try item(depth: depth + 1)
        guard case .pairs(let pairs) = information.content,
            case .symbol(let name)? = pairs.first?.value.content
        else { throw failure("has an alternative representation without a class") }
        let wrapped: RValue? =
            switch state.content {
            case .list(let elements): elements.first
            case .pairs(let pairs): pairs.first?.value
            default: nil
            }
        guard name.starts(with: "wrap_".utf8), var wrapped else {
            let name = String(decoding: name, as: UTF8.self)
            throw failure("has the representation \(name), which is not supported")
        }
        if case .pairs(let pairs) = attributes.content { wrapped.attributes = pairs }
        return wrapped
    }
}
