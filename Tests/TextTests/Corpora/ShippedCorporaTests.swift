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
        "austen", "anarchism", "handbook", "shakespeare", "novels", "king-james",
        "world-english-bible", "milton",
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

    /// Whoever learns from it can be measured on `austen`.
    @Test func englishHasNothingOfAusten() throws {
        let manifest = try #require(try library.manifest("english"))
        #expect(
            manifest.source
                == .corpora([
                    "novels", "king-james", "world-english-bible", "shakespeare", "milton",
                ]))
        guard let english = try? library.load("english"), let austen = try? library.load("austen")
        else { return }
        for split in [Split.validation, .test] {
            let overlap = CorpusStatistics.Overlap(
                of: austen[split], in: english.train, split: split)
            #expect(overlap.sharedGrams == 0)
        }
    }

    @Test(arguments: [
        ("austen", "429c0ee2242a127441a0f99b74301c1c59aebb54968f3f6dba4c2e7fddcaad0d", 238),
        ("anarchism", "44731e37c4c22d7adc1432c52b2b99b49333a2089b937acd5491e8430b8e605d", 651),
        ("handbook", "92994481ef7e93ab261757cb467da632308635270e37d3db22fa5af0cedf4bc5", 337),
        ("shakespeare", "afe66dd00c945a73504a7e7617dc4b47758e29afd55543d814d31181ce6d0f83", 288),
        ("novels", "b6796a586f0bd1ec157914c9308f90b2aa2758c27514386b4e95eadb60042e3f", 108),
        ("king-james", "c41dd4571c2bd4bf42850182f097a9b3c1539f257119dada32447bd10a8aa084", 250),
        (
            "world-english-bible",
            "22e5209ce16761ca9970f7b47c35539641bca2fcfd5b91e9da3679a91f0f978c", 303
        ),
        ("milton", "4547db78e53ce274cf62bcf8373003c71d2325ac7e081e431941f1af585eb29b", 24),
        ("english", "b6734d60229bc11bd2de11eabb6870b1178f2447e8924d9e2d74c8814ef1aef6", 973),
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
