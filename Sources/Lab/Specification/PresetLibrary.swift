/// The preset files that a specification may name: `model: pico` names `models/pico.yaml`.
package struct PresetLibrary: Sendable {
    /// A preset file.
    package struct File: Sendable {
        /// How messages call it.
        package var path: String
        /// The YAML of the file.
        package var text: String

        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    /// The names of the presets of a folder, sorted.
    package var names: @Sendable (_ folder: String) -> [String]
    /// The preset of that name, or nil where there is none; throws where it cannot be read.
    package var file:
        @Sendable (_ folder: String, _ name: String) throws(SpecificationError) -> File?

    package init(
        names: @escaping @Sendable (_ folder: String) -> [String],
        file:
            @escaping @Sendable (_ folder: String, _ name: String) throws(SpecificationError) ->
            File?
    ) {
        self.names = names
        self.file = file
    }

    /// No presets at all.
    package static let none = PresetLibrary(names: { _ in [] }, file: { _, _ in nil })
}
