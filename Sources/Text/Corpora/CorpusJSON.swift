/// Reading and writing the JSON files of corpora, with errors that name file and position.
enum CorpusJSON {
    static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], file: String
    ) throws(CorpusError) -> Value {
        do throws(StrictJSONError) {
            return try StrictJSON.decode(type, from: bytes)
        } catch {
            throw CorpusError(
                .malformedFile(file: file, position: error.position, problem: error.problem))
        }
    }

    static func encode(_ value: some Encodable, file: String) throws(CorpusError) -> [UInt8] {
        do throws(StrictJSONError) {
            return try StrictJSON.encode(value)
        } catch {
            throw CorpusError(
                .malformedFile(file: file, position: error.position, problem: error.problem))
        }
    }
}
