import Foundation

/// What is kept beside samples, in `provenance.json`: where they come from, and the first of them
/// in words, so that a report needs neither the corpus nor the tokenizer.
public struct SampleProvenance: Hashable, Sendable, Codable {
    /// The name of the file among the files of the samples.
    public static let fileName = "provenance.json"
    /// At most this many examples are kept in words.
    public static let mostShown = 2
    /// At most this many examples are kept as pictures.
    public static let mostPictures = 30

    /// The provenance of the samples: one more than the generation of the newest model that drew
    /// them.
    public var provenance: Int
    /// The keys of the models that drew them, newest first; `base` for the base model.
    public var models: [String]
    /// The first examples as ``Storage/show`` writes them; nil in files of older versions.
    public var shown: [String]?
    /// The first examples as ``Storage/picture`` draws them; nil where examples are no images.
    public var pictures: [Picture]?

    public init(
        provenance: Int, models: [String], shown: [String]?, pictures: [Picture]? = nil
    ) {
        self.provenance = provenance
        self.models = models
        self.shown = shown
        self.pictures = pictures
    }

    /// The bytes of the file.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [10]
    }

    /// What is kept among the files of samples; nil where they have no such file.
    ///
    /// - Throws: `DecodingError` where the file is not what ``encoded()`` makes.
    public static func decode(_ files: [String: [UInt8]]) throws -> SampleProvenance? {
        guard let bytes = files[fileName] else { return nil }
        return try JSONDecoder().decode(SampleProvenance.self, from: Data(bytes))
    }
}
