import Foundation

/// The experiment files that ship with the program.
package enum RecipeLibrary {
    /// A recipe's name, its text and the page that says how it compares with its paper.
    package struct Recipe: Sendable {
        /// The file's name without `.yaml`; commands take it in place of a path.
        package var name: String
        /// The YAML of the experiment file.
        package var text: String
        /// Markdown; nil for a recipe that reproduces no paper.
        package var page: String?

        /// The first paragraph of the comment at the head of the file.
        package var summary: String {
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .prefix { $0.hasPrefix("#") && $0 != "#" }
                .map { $0.dropFirst(2) }
                .joined(separator: " ")
        }
    }

    /// All recipes by name.
    package static func all() -> [Recipe] {
        guard let folder = Bundle.module.url(forResource: "Recipes", withExtension: nil),
            let files = try? FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: nil)
        else { return [] }
        return files.filter { $0.pathExtension == "yaml" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .compactMap { file in
                guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
                let base = file.deletingPathExtension()
                return Recipe(
                    name: base.lastPathComponent, text: text,
                    page: try? String(
                        contentsOf: base.appendingPathExtension("md"), encoding: .utf8))
            }
    }

    /// The recipe of that name, or nil when there is none.
    package static func recipe(named name: String) -> Recipe? {
        all().first { $0.name == name }
    }
}
