import Foundation
import Testing
import Text

/// Reproducible bytes for property tests (splitmix64), independent of the library's own streams.
struct TestBytes {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ z >> 31) % UInt64(bound))
    }

    /// Bytes of which some are text, some malformed UTF-8 and some anything.
    mutating func text(count: Int) -> [UInt8] {
        let pieces = [
            " the", "ing", "é", "e\u{301}", "👩‍👩‍👧", "\r\n", "  ", "'s", "123", "日本", "\u{0}", "aaaa",
            "\n",
        ]
        var bytes: [UInt8] = []
        while bytes.count < count {
            if below(3) == 0 {
                bytes.append(UInt8(below(256)))
            } else {
                bytes.append(contentsOf: pieces[below(pieces.count)].utf8)
            }
        }
        return bytes
    }
}

/// A file of Fixtures/Tokenizers.
func tokenizerFixture(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.resourceURL)
    return [UInt8](
        try Data(contentsOf: folder.appending(path: "Fixtures/Tokenizers/\(name)")))
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

extension BytePairTokenizer {
    /// The ids of a text in which the spelling of an added token stands for that token, as Hugging
    /// Face's `encode` has it.
    func encodeRecognizingAddedTokens(_ bytes: [UInt8]) -> [UInt32] {
        var tokens: [UInt32] = []
        var stream = makeStreamRecognizingAddedTokens()
        stream.append(bytes.span, to: &tokens)
        stream.finish(to: &tokens)
        return tokens
    }
}
