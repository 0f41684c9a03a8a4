/// What stages of curation learned of generation 0 and judge every later generation by: made once
/// for each chain.
///
/// It saves work and decides nothing, since what is made anew is the same.
public final class CurationMemory {
    private var values: [String: any Sendable] = [:]

    public init() {}

    /// What is remembered under a name, which says all that determines it within a chain, or made
    /// now.
    func value<Value: Sendable>(
        for name: String, make: () throws -> Value
    ) rethrows -> Value {
        if let known = values[name] as? Value { return known }
        let made = try make()
        values[name] = made
        return made
    }
}
