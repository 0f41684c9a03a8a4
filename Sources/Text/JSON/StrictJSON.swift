import FoundationEssentials
import Support

/// What is wrong with a JSON file, to be read after the file's name.
struct StrictJSONError: Error {
    /// A line and column, or the path of a key; empty for the whole file.
    var position: String
    var problem: String

    /// Such as `version: this key is missing`.
    var description: String { position.isEmpty ? problem : "\(position): \(problem)" }
}

/// Reads JSON into types without forgiving anything, and writes it for people.
enum StrictJSON {
    static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws(StrictJSONError) -> Value {
        // The strict reader finds what the decoder forgives, and where: a key given twice, above
        // all.
        do throws(JSONSyntaxError) {
            _ = try JSONReader.read(bytes)
        } catch {
            throw StrictJSONError(
                position: "line \(error.line), column \(error.column)", problem: error.problem)
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw explanation(of: error)
        } catch {
            throw StrictJSONError(position: "", problem: "cannot be decoded: \(error)")
        }
    }

    /// Keys sorted, indented, ending with a line end.
    static func encode(_ value: some Encodable) throws(StrictJSONError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(value)) + [0x0A]
        } catch {
            throw StrictJSONError(position: "", problem: "cannot be encoded: \(error)")
        }
    }

    private static func explanation(of error: DecodingError) -> StrictJSONError {
        func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
            (context.codingPath + (key.map { [$0] } ?? []))
                .map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return StrictJSONError(position: path(context, key), problem: "this key is missing")
        case .typeMismatch(let type, let context):
            return StrictJSONError(
                position: path(context), problem: "this should be \(kindName(of: type))")
        case .valueNotFound(let type, let context):
            return StrictJSONError(
                position: path(context), problem: "this is null and should be \(kindName(of: type))"
            )
        case .dataCorrupted(let context):
            return StrictJSONError(position: path(context), problem: context.debugDescription)
        @unknown default:
            return StrictJSONError(position: "", problem: "\(error)")
        }
    }

    private static func kindName(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is [String].Type, is [Any].Type: "a list"
        default: "an object"
        }
    }
}
