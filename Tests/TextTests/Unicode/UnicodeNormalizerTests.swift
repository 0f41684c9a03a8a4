import Foundation
import Testing
import Text

@Suite struct UnicodeNormalizerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var source: String
        var nfc: String
        var nfkc: String
        var testDescription: String {
            source.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " ")
        }
    }

    /// The examples of UAX #15, figures 3 to 6, and of its text.
    static let cases = [
        Case(source: "\u{212B}", nfc: "\u{C5}", nfkc: "\u{C5}"),
        Case(source: "\u{2126}", nfc: "\u{3A9}", nfkc: "\u{3A9}"),
        Case(source: "\u{C5}", nfc: "\u{C5}", nfkc: "\u{C5}"),
        Case(source: "\u{F4}", nfc: "\u{F4}", nfkc: "\u{F4}"),
        Case(source: "o\u{302}", nfc: "\u{F4}", nfkc: "\u{F4}"),
        Case(source: "\u{1E69}", nfc: "\u{1E69}", nfkc: "\u{1E69}"),
        Case(source: "s\u{323}\u{307}", nfc: "\u{1E69}", nfkc: "\u{1E69}"),
        Case(source: "s\u{307}\u{323}", nfc: "\u{1E69}", nfkc: "\u{1E69}"),
        Case(source: "\u{1E0B}\u{323}", nfc: "\u{1E0D}\u{307}", nfkc: "\u{1E0D}\u{307}"),
        Case(source: "q\u{307}\u{323}", nfc: "q\u{323}\u{307}", nfkc: "q\u{323}\u{307}"),
        Case(source: "\u{FB01}", nfc: "\u{FB01}", nfkc: "fi"),
        Case(source: "2\u{2075}", nfc: "2\u{2075}", nfkc: "25"),
        Case(source: "\u{1E9B}\u{323}", nfc: "\u{1E9B}\u{323}", nfkc: "\u{1E69}"),
        Case(source: "\u{1100}\u{1161}\u{11A8}", nfc: "\u{AC01}", nfkc: "\u{AC01}"),
        Case(source: "\u{FF76}\u{FF9E}", nfc: "\u{FF76}\u{FF9E}", nfkc: "\u{30AC}"),
    ]

    @Test(arguments: cases) func examplesOfTheStandard(_ example: Case) throws {
        let source = Array(example.source.utf8)
        #expect(try UnicodeNormalizer(form: .nfc).normalize(source) == Array(example.nfc.utf8))
        #expect(try UnicodeNormalizer(form: .nfkc).normalize(source) == Array(example.nfkc.utf8))
        #expect(try UnicodeNormalizer(form: .none).normalize(source) == source)
    }

    /// Scalars that combine, compose, decompose or fold, and some that do nothing.
    private static let scalars: [UInt32] = {
        let ranges: [ClosedRange<UInt32>] = [
            0x41...0x7A, 0xA0...0x17F, 0x300...0x345, 0x370...0x3FF, 0x400...0x45F, 0x5D0...0x5EA,
            0x621...0x655, 0x1100...0x1112, 0x1161...0x1175, 0x11A8...0x11C2, 0x1E00...0x1EFF,
            0x1F00...0x1FFF, 0x2100...0x214F, 0x3041...0x3096, 0x3099...0x309A, 0x4E00...0x4E00,
            0xAC00...0xAC00, 0xFB00...0xFB06, 0xFF01...0xFF9F, 0x1D15E...0x1D15E,
            0x1F600...0x1F600,
        ]
        return ranges.flatMap { Array($0) }
    }()

    private static func text(seed: UInt64) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        var text = String.UnicodeScalarView()
        for _ in 0..<40 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let index = Int(state >> 33) % scalars.count
            if let scalar = Unicode.Scalar(scalars[index]) { text.append(scalar) }
        }
        return Array(String(text).utf8)
    }

    /// The fixture is written by scripts/fixtures/normalization.py.
    @Test func formsAgreeWithPython() throws {
        let url = try #require(
            Bundle.module.url(
                forResource: "normalization", withExtension: "tsv",
                subdirectory: "Fixtures/Unicode"))
        let lines = String(decoding: try Data(contentsOf: url), as: UTF8.self)
            .split(separator: "\n")
        #expect(lines.count == 100)
        for line in lines {
            let texts = line.split(separator: "\t").map { column in
                let scalars = column.split(separator: " ").compactMap {
                    UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
                }
                return Array(String(String.UnicodeScalarView(scalars)).utf8)
            }
            try #require(texts.count == 4)
            #expect(try UnicodeNormalizer(form: .nfc).normalize(texts[0]) == texts[1], "\(line)")
            #expect(try UnicodeNormalizer(form: .nfkc).normalize(texts[0]) == texts[2], "\(line)")
            #expect(
                try UnicodeNormalizer(foldsCase: true).normalize(texts[0]) == texts[3], "\(line)")
        }
    }

    @Test(arguments: UnicodeNormalizer.Form.allCases, [false, true])
    func normalisingTwiceChangesNothing(form: UnicodeNormalizer.Form, foldsCase: Bool) throws {
        let normalizer = UnicodeNormalizer(form: form, foldsCase: foldsCase, stripsControls: true)
        for seed in UInt64(0)..<500 {
            let once = try normalizer.normalize(Self.text(seed: seed))
            #expect(try normalizer.normalize(once) == once, "seed \(seed)")
        }
    }

    @Test func caseIsFoldedInFull() throws {
        let normalizer = UnicodeNormalizer(foldsCase: true)
        #expect(
            try normalizer.normalize(Array("STRASSE Straße ΣΑΣ σας".utf8))
                == Array("strasse strasse σασ σασ".utf8))
        #expect(try normalizer.normalize(Array("Plain ASCII".utf8)) == Array("plain ascii".utf8))
    }

    @Test func controlsGoAndLinesStay() throws {
        let normalizer = UnicodeNormalizer(stripsControls: true)
        let text = Array("a\u{0}b\tc\nd\r\u{7F}e\u{85}\u{9F}f\u{A0}".utf8)
        #expect(try normalizer.normalize(text) == Array("ab\tc\ndef\u{A0}".utf8))
        // The accent meets its letter once the control between them is gone.
        #expect(try normalizer.normalize(Array("e\u{1}\u{301}".utf8)) == Array("é".utf8))
        #expect(try UnicodeNormalizer().normalize([0, 1]) == [0, 1])
    }

    @Test func linesAreNormalisedAlike() throws {
        let normalizer = UnicodeNormalizer(foldsCase: true)
        #expect(
            try normalizer.normalize(Array("AB\nE\u{301}\n\u{301}x\r\u{301}\n\nC".utf8))
                == Array("ab\né\n\u{301}x\r\u{301}\n\nc".utf8))
    }

    @Test func emptyTextIsNormal() throws {
        #expect(try UnicodeNormalizer(form: .nfkc, foldsCase: true).normalize([]) == [])
    }

    @Test(
        arguments: [
            ([0x61, 0xFF, 0x61], 1), ([0x61, 0x62, 0xC3], 2), ([0xC3, 0xA9, 0xE2, 0x82], 2),
            ([0xED, 0xA0, 0x80], 0), ([0xC0, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0x80], 0),
        ] as [([UInt8], Int)])
    func malformedBytesAreFound(bytes: [UInt8], offset: Int) throws {
        #expect(UTF8Validation.firstInvalidOffset(in: bytes) == offset)
        #expect(throws: UTF8Error(byteOffset: offset)) { try UnicodeNormalizer().normalize(bytes) }
    }

    @Test func theFormatOfManifests() throws {
        let normalizer = try JSONDecoder().decode(
            UnicodeNormalizer.self, from: Data(#"{"form": "nfkc", "fold-case": true}"#.utf8))
        #expect(normalizer == UnicodeNormalizer(form: .nfkc, foldsCase: true))
    }
}
