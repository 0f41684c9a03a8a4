import Foundation
import Testing
import Text

/// A workshop with small models that transformers saved, whose corpus is of documents that
/// transformers scored with them.
struct BaseWorkshop {
    struct Reference: Decodable {
        struct Score: Decodable {
            var nats: Double
            var events: Int
        }

        struct Document: Decodable {
            var text: String
            var gpt2: Score
            var llama: Score
        }

        var context: Int
        var stride: Int
        var documents: [Document]
    }

    /// The folder of the models.
    let fixtures: String
    let reference: Reference
    let workshop: Workshop

    init() throws {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent(
            "Fixtures/BaseModels")
        fixtures = folder.path
        reference = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: folder.appendingPathComponent("documents.json")))
        workshop = try Workshop(documents: reference.documents.map(\.text))
    }

    /// A copy of a fixture in the workshop, which a test may change.
    func model(_ name: String, at place: String = "model") throws -> String {
        let path = workshop.root + "/" + place
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: fixtures + "/" + name, toPath: path)
        return path
    }

    func experiment(_ lines: String, generations: Int = 2) -> String {
        """
        setting: language
        corpus: made-up
        sample-size: 800
        generations: \(generations)
        seeds: 0..1
        evaluation:
          {context: \(reference.context), stride: \(reference.stride), contexts: 40, sample-tokens: 300}

        """ + lines
    }

    /// An experiment that begins from one model in a single arm.
    func experiment(from path: String, generations: Int = 0) -> String {
        experiment(
            """
            base: {model: \(path)}
            start-from: base
            arms:
              replace: {workflow: replace}
            """, generations: generations)
    }
}
