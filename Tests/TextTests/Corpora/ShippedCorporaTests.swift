import Foundation
import Testing
import Text

/// The manifests of the repository, and the corpora that have been fetched on this machine.
@Suite struct ShippedCorporaTests {
    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .pathComponents
        .dropLast(4).joined(separator: "/").replacingOccurrences(of: "//", with: "/")

    private let library = CorpusLibrary(root: root)

    @Test(arguments: [
        "austen", "anarchism", "handbook", "shakespeare",
    ])
    func manifestsAreSound(name: String) throws {
        let manifest = try #require(try library.manifest(name))
        #expect(manifest.name == name)
        guard case .package(let text) = manifest.source else {
            Issue.record("\(manifest.source)")
            return
        }
        #expect(text.rules.split == .standard)
    }

    @Test(arguments: [
        ("austen", "429c0ee2242a127441a0f99b74301c1c59aebb54968f3f6dba4c2e7fddcaad0d", 238),
        ("anarchism", "44731e37c4c22d7adc1432c52b2b99b49333a2089b937acd5491e8430b8e605d", 651),
        ("handbook", "92994481ef7e93ab261757cb467da632308635270e37d3db22fa5af0cedf4bc5", 337),
        ("shakespeare", "afe66dd00c945a73504a7e7617dc4b47758e29afd55543d814d31181ce6d0f83", 288),
    ])
    func fetchedCorporaAreTheOnesOfRecord(name: String, hash: String, test: Int) throws {
        guard case .ready = try library.list().first(where: { $0.name == name })?.state else {
            return
        }
        let corpus = try library.load(name)
        #expect(corpus.contentHash == hash)
        #expect(corpus.test.count == test)
        try corpus.requireUsable(contextLength: 1024, heldOut: .test)
        try corpus.requireUsable(contextLength: 1024, heldOut: .validation)
    }
}
