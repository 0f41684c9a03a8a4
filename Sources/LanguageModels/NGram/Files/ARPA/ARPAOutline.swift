import Glibc
import Support

/// Where the parts of an ARPA file lie.
///
///     \data\
///     ngram 1=...
///
///     \1-grams:
///     ...
///     \end\
struct ARPAOutline {
    /// How many n-grams of each length the head promises.
    private(set) var promised: [Int] = []
    /// The bytes of the lines of each length.
    private(set) var sections: [Range<Int>] = []

    var order: Int { promised.count }

    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(ARPAProblem) {
        var lines = ARPALines(bytes, TextKind.markLength(of: bytes)..<bytes.count)
        while true {
            guard let line = lines.next() else {
                throw ARPAProblem(bytes.count, #"is the end, but no line was \data\"#)
            }
            if Self.text(line, bytes) == #"\data\"# { break }
        }
        var heading: Range<Int>?
        while let line = lines.next() {
            if bytes[line.lowerBound] == UInt8(ascii: "\\") {
                heading = line
                break
            }
            try count(line, bytes)
        }
        guard !promised.isEmpty else {
            throw ARPAProblem(
                heading?.lowerBound ?? bytes.count, #"ends a head without a line "ngram 1=...""#)
        }
        for length in 1...order {
            let begin = try Self.expect(#"\\#(length)-grams:"#, heading, bytes)
            heading = Self.heading(after: begin, bytes)
            sections.append(begin..<(heading?.lowerBound ?? bytes.count))
        }
        _ = try Self.expect(#"\end\"#, heading, bytes)
    }

    /// Reads `ngram LENGTH=COUNT`.
    private mutating func count(
        _ line: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(ARPAProblem) {
        let text = Self.text(line, bytes)
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        func words(_ side: Substring) -> [Substring] { side.split { $0 == " " || $0 == "\t" } }
        let (name, number) = (words(sides[0]), sides.last.flatMap { words($0).first })
        guard sides.count == 2, name.count == 2, name[0] == "ngram",
            let length = Int(name[1]), let count = number.flatMap({ Int($0) }), count >= 0
        else {
            throw ARPAProblem(
                line.lowerBound, "has \(Self.quoted(text)) where \"ngram LENGTH=COUNT\" belongs")
        }
        guard length == order + 1 else {
            throw ARPAProblem(
                line.lowerBound, "counts the \(length)-grams where the \(order + 1)-grams come next"
            )
        }
        guard NGramConfiguration.orders.contains(length) else {
            throw ARPAProblem(
                line.lowerBound,
                "has order \(length); at most \(NGramConfiguration.orders.upperBound) is supported")
        }
        guard count < Int(UInt32.max) / 2 else {
            throw ARPAProblem(line.lowerBound, "promises \(count) n-grams, which are too many")
        }
        promised.append(count)
    }

    /// The end of a heading, which must be `wanted`.
    private static func expect(
        _ wanted: String, _ heading: Range<Int>?, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(ARPAProblem) -> Int {
        guard let heading else {
            throw ARPAProblem(bytes.count, "is the end, but \(wanted) is missing")
        }
        let text = text(heading, bytes)
        guard text == wanted else {
            throw ARPAProblem(
                heading.lowerBound, "has \(quoted(text)) where \(wanted) belongs")
        }
        return heading.upperBound
    }

    /// The next line that begins with a backslash, which no n-gram does: they begin with a number.
    private static func heading(
        after position: Int, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Range<Int>? {
        guard let base = bytes.baseAddress else { return nil }
        var from = position
        while from < bytes.count,
            let found = memchr(base + from, Int32(UInt8(ascii: "\\")), bytes.count - from)
        {
            let offset = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
            if offset == 0 || bytes[offset - 1] == 0x0A {
                var rest = ARPALines(bytes, offset..<bytes.count)
                return rest.next()
            }
            from = offset + 1
        }
        return nil
    }

    private static func text(_ line: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> String {
        let shown = line.prefix(200)
        var text = Substring(decoding: bytes[shown.startIndex..<shown.endIndex], as: UTF8.self)
        while let last = text.utf8.last, NGramVocabulary.isSeparator(last) { text.removeLast() }
        return String(text)
    }

    private static func quoted(_ text: String) -> String {
        text.utf8.count > 60 ? "\"\(text.prefix(60))...\"" : "\"\(text)\""
    }
}

/// The lines of a range of bytes that hold more than white space, without their line feeds.
struct ARPALines {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position: Int
    private let end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    @inline(__always)
    mutating func next() -> Range<Int>? {
        while position < end {
            let begin = position
            position = bytes.nextLineFeed(in: begin..<end) ?? end
            let line = begin..<position
            position &+= 1
            if bytes[begin] > 0x20 || !bytes[line].allSatisfy(NGramVocabulary.isSeparator) {
                return line
            }
        }
        return nil
    }

    /// How many there are.
    consuming func count() -> Int {
        var count = 0
        while next() != nil { count &+= 1 }
        return count
    }

    /// A range cut at line ends into parts of about `size` bytes.
    static func parts(
        of range: Range<Int>, size: Int, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var begin = range.lowerBound
        while begin < range.upperBound {
            var end = min(begin + size, range.upperBound)
            while end < range.upperBound, bytes[end - 1] != 0x0A { end += 1 }
            parts.append(begin..<end)
            begin = end
        }
        return parts
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first line feed of a range.
    @inline(__always)
    fileprivate func nextLineFeed(in range: Range<Int>) -> Int? {
        guard let baseAddress,
            let found = memchr(baseAddress + range.lowerBound, 0x0A, range.count)
        else { return nil }
        return UnsafeRawPointer(baseAddress).distance(to: UnsafeRawPointer(found))
    }
}
