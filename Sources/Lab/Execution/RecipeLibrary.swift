import Foundation

/// The experiment files that ship with the program.
package enum RecipeLibrary {
    /// A recipe's name, the comment at its head and its text.
    package struct Recipe: Sendable {
        package var name: String
        package var text: String

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
                return Recipe(name: file.deletingPathExtension().lastPathComponent, text: text)
            }
    }

    package static func recipe(named name: String) -> Recipe? {
        all().first { $0.name == name }
    }
}
