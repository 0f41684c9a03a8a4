import FuzzTargets
import Testing
import Text

@Suite struct CorpusRecordTests {
    /// Counts are added up, and a sum that is no number would end the program.
    @Test(arguments: [-1, 1 << 49, Int.max])
    func absurdCountsAreRefused(count: Int) throws {
        let seed = try #require(try FuzzTarget.named("corpus-record")?.seeds().first)
        let text = String(decoding: seed, as: UTF8.self)
            .replacing("\"documents\": 3", with: "\"documents\": \(count)")
        #expect(
            message { _ = try CorpusRecord(reading: Array(text.utf8), file: "corpus.json") }
                == "corpus.json: parts: these are not the sizes of train, validation and test")
    }
}
