import Support
import Testing

@Suite struct SHA256Tests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var message: [UInt8]
        var digest: String
        var testDescription: String { name }
    }

    /// The messages of FIPS 180-2, appendix B, and of its successors' examples.
    static let vectors = [
        Vector(
            name: "empty", message: [],
            digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Vector(
            name: "one block", message: Array("abc".utf8),
            digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Vector(
            name: "two blocks",
            message: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        Vector(
            name: "896 bits",
            message: Array(
                ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                    + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
            digest: "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"),
        Vector(
            name: "a million of a", message: Array(repeating: UInt8(ascii: "a"), count: 1_000_000),
            digest: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]

    @Test(arguments: vectors)
    func digestsOfTheStandard(vector: Vector) {
        #expect(SHA256.digest(of: vector.message).hexadecimal == vector.digest)
        #expect(SHA256.digest(of: AnySequence(vector.message)).hexadecimal == vector.digest)
    }

    @Test(arguments: vectors)
    func piecesGiveTheDigestOfTheWhole(vector: Vector) {
        var hash = SHA256()
        var start = 0
        var length = 0
        while start < vector.message.count {
            let end = min(start + length, vector.message.count)
            hash.update(Array(vector.message[start..<end]))
            start = end
            length = (length * 3 + 1) % 1_000
        }
        #expect(hash.finalize().hexadecimal == vector.digest)
        // The next message begins anew.
        hash.update(vector.message)
        #expect(hash.finalize().hexadecimal == vector.digest)
    }

    @Test func digestsAreOrderedAsTheirBytes() {
        let digests = (0..<100).map { SHA256.digest(of: [UInt8($0)]) }
        #expect(digests.sorted().map(\.hexadecimal) == digests.map(\.hexadecimal).sorted())
        for digest in digests {
            #expect(digest.bytes.count == 32)
            #expect(digest.prefix == digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}
