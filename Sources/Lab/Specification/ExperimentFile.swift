package import Collapse
import Glibc
import Support

/// Reads experiment files.
package enum ExperimentFile {
    /// Reads and resolves the experiment in a file.
    ///
    /// - Throws: ``SpecificationError`` with location, key and remedy.
    package static func load(
        path: String, overrides: [String] = [], settings: [SettingDeclaration],
        presets: PresetLibrary = .none
    ) throws(SpecificationError) -> ResolvedExperiment {
        return try load(
            text: try text(of: path), path: path, overrides: overrides, settings: settings,
            presets: presets)
    }

    /// What a file says.
    ///
    /// - Throws: ``SpecificationError`` where it cannot be read or is not UTF-8.
    package static func text(of path: String) throws(SpecificationError) -> String {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try FileSystem.content(of: path)
        } catch {
            throw SpecificationError(
                .unreadable(
                    path: path,
                    reason: error.code == ENOENT ? "there is no such file" : error.reason))
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SpecificationError(.unreadable(path: path, reason: "it is not UTF-8 text"))
        }
        return text
    }

    /// Resolves the experiment in a text; `path` is its name in messages.
    ///
    /// - Throws: ``SpecificationError`` with location, key and remedy.
    package static func load(
        text: String, path: String, overrides: [String] = [], settings: [SettingDeclaration],
        presets: PresetLibrary = .none
    ) throws(SpecificationError) -> ResolvedExperiment {
        let document = try SourceDocument(
            text: text, source: .file(path), overrides: overrides)
        return try ExperimentResolver(
            document: document, settings: settings, values: ValueResolver(presets: presets)
        ).resolve()
    }
}

/// The keys that are neither the experiment's, nor an arm's, nor a setting's.
enum StructureKeys {
    static let arms = "arms"
    static let sweep = "sweep"
    static let zip = "zip"
    static let format = "format"
    /// Written into resolved files: what made the results. Ignored on reading.
    static let provenance = "provenance"
    static let topLevel = [format, arms, sweep, zip, provenance]
    /// In an arm of a resolved file: the coordinates that a sweep gave it.
    static let swept = "swept"
}
