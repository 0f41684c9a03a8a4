import Support
import Testing

@Suite struct PinnedFileTests {
    private let hash = String(repeating: "0a", count: 32)

    @Test func readsWhatItWrites() {
        let file = PinnedFile(path: "/usr/bin/x@y z", sha256: hash)
        #expect(PinnedFile(file.text) == file)
    }

    @Test(
        "Another text is none",
        arguments: ["", "x", "/x", "/x@sha256:", "x@sha256:HASH", "/x@sha256:HASH0"])
    func others(text: String) {
        #expect(PinnedFile(text.replacing("HASH", with: hash)) == nil)
        #expect(PinnedFile("/x@sha256:" + hash.uppercased()) == nil)
    }

    @Test("A place is in no name of a result")
    func names() {
        let type = KeyType.path(PathKind(name: "word", isWord: true, files: { _ in [] }))
        func text(_ path: String) -> String {
            type.hashedText(of: .fit, in: .text(PinnedFile(path: path, sha256: hash).text))
        }
        #expect(text("/a") == text("/b") && text("/a").contains(hash))
    }
}
