import Testing
import Text

@Suite struct GraphemeClustersTests {
    /// One for each rule of UAX #29, section 3.1.1.
    @Test(arguments: [
        ["a", "b"], ["\r\n", "\n", "\r"], ["a", "\t", "\u{301}"],
        ["한", "\u{1100}\u{1161}\u{11A8}"],
        ["e\u{301}\u{323}", "x"], ["👩\u{200D}👩\u{200D}👧", "!"], ["👍🏽", "👍"], ["🇩🇪", "🇫🇷", "🇯"],
        ["कि", "न"], ["\u{600}1"], ["a\u{200D}", "👧"], ["กำ"], ["é", " ", "é"], ["❤️", "a"],
    ])
    func rulesOfTheStandard(clusters: [String]) {
        let bytes = Array(clusters.joined().utf8)
        let found = GraphemeClusters.ranges(in: bytes).map {
            String(decoding: bytes[$0], as: UTF8.self)
        }
        #expect(found.map { Array($0.utf8) } == clusters.map { Array($0.utf8) })
        #expect(GraphemeClusters.count(in: bytes.span) == clusters.count)
    }

    @Test func clustersAgreeWithTheStandardLibrary() {
        // No Indic conjuncts: their rule came later than the tables of the oldest utf8proc in use.
        let scalars: [UInt32] = [
            0x0A, 0x0D, 0x20, 0x41, 0x7A, 0xE9, 0x300, 0x301, 0x200D, 0xFE0F, 0x1F3FD, 0x1F468,
            0x2764, 0x1F1E6, 0x1F1FF, 0x1100, 0x1161, 0x11A8, 0xAC00, 0xAC01, 0x4E00, 0x600,
            0xE33, 0x903, 0x1F600, 0x20E3, 0x31, 0x85,
        ]
        var state: UInt64 = 7
        for trial in 0..<500 {
            var text = String.UnicodeScalarView()
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                if let scalar = Unicode.Scalar(scalars[Int(state >> 33) % scalars.count]) {
                    text.append(scalar)
                }
            }
            let string = String(text)
            let bytes = Array(string.utf8)
            let found = GraphemeClusters.ranges(in: bytes).map(\.count)
            #expect(found == string.map(\.utf8.count), "trial \(trial)")
        }
    }

    @Test func malformedBytesAreClustersOfTheirOwn() {
        let bytes: [UInt8] = [0x61, 0xFF, 0xCC, 0x81, 0xE2, 0x82, 0x62]
        #expect(GraphemeClusters.ranges(in: bytes) == [0..<1, 1..<2, 2..<4, 4..<5, 5..<6, 6..<7])
        #expect(GraphemeClusters.ranges(in: []) == [])
    }
}
