import Compute
import Text

extension NGramModel {
    /// The context of every event of a data set, documents one after the other, each with its end.
    func states(of dataset: TokenDataset, pool: WorkerPool) -> [UInt32] {
        let count = dataset.tokens.count + dataset.documentCount
        return [UInt32](unsafeUninitializedCapacity: count) { states, initialized in
            initialized = count
            states.initialize(repeating: 0)
            let parts = Self.parts(of: dataset)
            pool.perform(tasks: parts.count) { part, _ in
                withTables { tables in
                    for document in parts[part] {
                        var state = tables.startState
                        let range = dataset.range(ofDocument: document)
                        for position in range {
                            let token = dataset.tokens[position]
                            precondition(
                                token < vocabularyCount,
                                "token \(token) in a vocabulary of \(vocabularyCount)")
                            states[position + document] = UInt32(truncatingIfNeeded: state)
                            state = tables.next(token, from: state)
                        }
                        states[range.upperBound + document] = UInt32(truncatingIfNeeded: state)
                    }
                }
            }
        }
    }

    /// Documents in groups of some thousand tokens.
    static func parts(of dataset: TokenDataset) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var begin = 0
        for document in 0..<dataset.documentCount
        where dataset.offsets[document + 1] - dataset.offsets[begin] > 8192
            || document + 1 == dataset.documentCount
        {
            parts.append(begin..<document + 1)
            begin = document + 1
        }
        return parts
    }
}
