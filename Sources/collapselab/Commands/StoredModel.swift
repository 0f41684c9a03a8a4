import ArgumentParser
import Lab
import LanguageModels
import Settings
import Support

/// The model of an argument: a path, or the short address of one that a run stored.
enum StoredModel {
    /// What the help of commands says of addresses.
    static let address =
        "RUN:ARM/SEED/GENERATION of a run, such as runs/mine:replace/0/5 (base for the model that it "
        + "began from)"

    /// The families whose commands differ.
    enum Family {
        case ngram, transformer

        /// What lies in the folder of a stored model of the family.
        fileprivate func isIn(_ folder: String) -> Bool {
            switch self {
            case .ngram: NGramFolder.isThere(folder)
            case .transformer: FileSystem.exists(folder + "/config.json")
            }
        }

        fileprivate var words: String {
            switch self {
            case .ngram: "an n-gram model: `collapselab ngram` has the commands for it"
            case .transformer:
                "a transformer: `collapselab perplexity`, `sample`, `train` and `model` read it"
            }
        }
    }

    /// The path that an argument leads to: itself, or the folder of a stored model, of any family where
    /// only its tokenizer is read.
    ///
    /// - Throws: `AddressError` where an address leads nowhere, ``WrongInput`` where it leads to a model
    ///   that the command cannot read, `StoreError` where it is damaged.
    static func path(_ argument: String, of family: Family?) throws -> String {
        guard !FileSystem.exists(argument),
            let address = ModelAddress(argument, isRun: RunModels.isThere)
        else { return argument }
        let model = try RunModels(of: address.run, settings: SettingRegistry.declarations).model(
            at: address)
        guard let family, !family.isIn(model.folder) else { return model.folder }
        let parallel = try ParallelFolder.count(in: model.folder)
        guard parallel == 0 else {
            throw WrongInput("\(model.title) \(ParallelFolder.problem(count: parallel))")
        }
        let found = [Family.ngram, .transformer].first { $0.isIn(model.folder) }
        throw WrongInput(
            "\(model.title) is " + (found?.words ?? "no language model, which this command reads"))
    }
}
