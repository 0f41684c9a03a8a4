import FoundationEssentials

/// Reading and writing the JSON files of corpora, with errors that name file and place.
enum CorpusJSON {
    static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], file: String
    ) throws(CorpusError) -> Value {
        // The strict reader finds what the decoder forgives, and where: a key given twice, above all.
        do throws(JSONSyntaxError) {
            _ = try JSONReader.read(bytes)
        } catch {
            throw CorpusError(
                .malformedFile(
                    file: file, place: "line \(error.line), column \(error.column)",
                    problem: error.problem))
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            let (path, problem) = Self.explanation(of: error)
            throw CorpusError(.malformedFile(file: file, place: path, problem: problem))
        } catch {
            throw CorpusError(
                .malformedFile(file: file, place: "", problem: "cannot be decoded: \(error)"))
        }
    }

    static func encode(_ value: some Encodable, file: String) throws(CorpusError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(value)) + [0x0A]
        } catch {
            throw CorpusError(
                .malformedFile(file: file, place: "", problem: "cannot be encoded: \(error)"))
        }
    }

    private static func explanation(of error: DecodingError) -> (path: String, problem: String) {
        func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
            (context.codingPath + (key.map { [$0] } ?? []))
                .map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return (path(context, key), "this key is missing")
        case .typeMismatch(let type, let context):
            return (path(context), "this should be \(kindName(of: type))")
        case .valueNotFound(let type, let context):
            return (path(context), "this is null and should be \(kindName(of: type))")
        case .dataCorrupted(let context):
            return (path(context), context.debugDescription)
        @unknown default:
            return ("", "\(error)")
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
