import Foundation

/// A fixture of this suite, written by a script of scripts/fixtures.
func fixture<Content: Decodable>(_ path: String, as type: Content.Type) throws -> Content {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: path)
    return try JSONDecoder().decode(type, from: Data(contentsOf: url))
}
