import LanguageModels
import Support
import Text

/// The keys of a group that lead to a model that exists: a folder, or a stored generation of a run,
/// which has become a folder when a specification is resolved.
struct ModelKeys: Sendable {
    /// The key of the model's folder, which a stored model of a run becomes.
    static let modelName = "model"

    /// The key of the group, for messages: `base`.
    private let owner: String
    let model: Key<String?>
    let run: Key<String?>
    private let arm: Key<String?>
    private let seed: Key<Int?>
    private let generation: Key<String?>

    /// The keys of a group.
    ///
    /// - Parameters:
    ///   - owner: The key of the group.
    ///   - use: What a stored model of a run is there: `the base of all seeds`.
    init(of owner: String, storedIs use: String) {
        self.owner = owner
        model = Key(
            Self.modelName, .optional(.path(.model)), default: .some(nil),
            help: "The folder of a Hugging Face model, of the GPT-2 or the Llama family, with its "
                + "tokenizer, or of an n-gram model: the name of a folder in models/, or a path relative "
                + "to this file (./NAME where both are there).")
        run = Key(
            "run", .optional(.path(.run)), default: .some(nil),
            help:
                "A run of this setting, a stored model of which is \(use): its run directory, by a "
                + "path relative to this file, or its name in runs/. The model itself is what counts and "
                + "is copied; a resolved file has it as \(owner).model.")
        arm = Key(
            "arm", .optional(.text), default: .some(nil),
            help: "The arm of \(owner).run; its only one unless given.")
        seed = Key(
            "seed", .optional(.integer(0...Int.max)), default: .some(nil),
            help: "The seed of \(owner).run; its only one unless given.")
        generation = Key(
            "generation", .optional(.text), default: .some(nil),
            help:
                "The generation of \(owner).run, a number or base; the last unless given. Only the last "
                + "is stored unless the run has checkpoints: all.")
    }

    @KeyList var all: [KeyDeclaration] {
        model
        run
        arm
        seed
        generation
    }

    /// The name of the folder that the values lead to; nil where they name no model.
    ///
    /// - Throws: `SpecificationIssue` where they name a folder and a run, or parts of an address
    ///   without its run.
    func folder(in values: SpecificationValue) throws(SpecificationIssue) -> String? {
        // A run that is there has become a model by now, and nothing is left of its address.
        guard try values[run] == nil else {
            throw SpecificationIssue(
                path: [run.name],
                message:
                    "this is one model: leave out \(owner).run or \(owner).model, or make one of "
                    + "them null where arms share the other")
        }
        let given = try [
            (arm.name, values[arm] != nil), (seed.name, values[seed] != nil),
            (generation.name, values[generation] != nil),
        ].first(where: \.1)
        if let given {
            throw SpecificationIssue(
                path: [given.0],
                message: "this is of a run that stored the model: give \(owner).run, or leave it "
                    + "out")
        }
        return try values[model]
    }
}
