import FuzzTargets
import Testing
import Text

@Suite struct InflationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var form: Inflation.Form
        var compressed: @Sendable ([UInt8]) -> [UInt8]
    }

    static let cases = [
        Case(testDescription: "zlib", form: .zlibOrGzip) { ArchiveWriter.zlib($0) },
        Case(testDescription: "gzip", form: .zlibOrGzip) { ArchiveWriter.gzip($0) },
        Case(testDescription: "deflate", form: .deflate) { ArchiveWriter.deflated($0) },
    ]

    private func text(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * $0 % 251) } }

    @Test(arguments: cases)
    func whatWasCompressedComesBack(_ example: Case) throws {
        for count in [0, 1, 65_535, 65_536, 65_537, 300_000] {
            let text = text(count)
            let compressed = example.compressed(text)
            #expect(try Inflation.inflate(compressed, form: example.form) == text)
            #expect(try Inflation.inflate(compressed, form: example.form, limit: count) == text)
        }
    }

    /// A thousandth of what it claims; refused after the limit, not at the end.
    @Test(arguments: cases)
    func aBombIsRefusedWithTheLimit(_ example: Case) {
        let bomb = example.compressed([UInt8](repeating: 0, count: 4 << 20))
        #expect(bomb.count < 1 << 13)
        let failure = #expect(throws: Inflation.Failure.self) {
            try Inflation.inflate(bomb, form: example.form, limit: 100_000)
        }
        #expect(failure?.problem == "uncompresses to more than the 100000 bytes allowed")
    }

    @Test(arguments: cases)
    func whatIsCutShortIsRefused(_ example: Case) {
        let compressed = example.compressed(text(500))
        for count in 0..<compressed.count {
            #expect(throws: Inflation.Failure.self, "\(count) bytes") {
                try Inflation.inflate(compressed.prefix(count), form: example.form)
            }
        }
    }
}
