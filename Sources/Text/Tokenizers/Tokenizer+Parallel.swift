package import Compute

extension Tokenizer {
    /// The ids of every document, in order, with the work spread over threads.
    ///
    /// The same for any number of workers: documents are encoded one by one, and put together in
    /// order.
    package func encode(documents: [[UInt8]], pool: WorkerPool) -> TokenDataset {
        let shards = DocumentShards(documents, workers: pool.count).ranges
        var parts = [TokenDataset](repeating: TokenDataset(), count: shards.count)
        parts.withUnsafeMutableBufferPointer { parts in
            nonisolated(unsafe) let parts = parts
            pool.perform(tasks: shards.count) { shard, _ in
                parts[shard] = encode(documents: documents[shards[shard]])
            }
        }
        return TokenDataset(joining: parts, pool: pool)
    }
}

extension TokenDataset {
    /// The documents of all parts in order.
    fileprivate init(joining parts: [TokenDataset], pool: WorkerPool) {
        var starts = [0]
        var offsets = [0]
        for part in parts {
            let start = starts[starts.count - 1]
            offsets += part.offsets.dropFirst().lazy.map { $0 + start }
            starts.append(start + part.tokens.count)
        }
        let count = starts[parts.count]
        let tokens = [UInt32](unsafeUninitializedCapacity: count) { tokens, initialized in
            nonisolated(unsafe) let tokens = tokens
            pool.perform(tasks: parts.count) { part, _ in
                let position = UnsafeMutableBufferPointer(
                    rebasing: tokens[starts[part]..<starts[part + 1]])
                _ = position.initialize(fromContentsOf: parts[part].tokens)
            }
            initialized = count
        }
        self.init(tokens: tokens, offsets: offsets)
    }
}

/// Runs of documents of about the same size, several for each worker.
private struct DocumentShards {
    private(set) var ranges: [Range<Int>] = []

    init(_ documents: [[UInt8]], workers: Int) {
        let total = documents.reduce(0) { $0 + $1.count }
        // Every shard learns the common pieces anew, so that small ones do not pay.
        let target = max(total / (4 * workers), 1 << 16)
        var start = 0
        var size = 0
        for (index, document) in documents.enumerated() {
            size += document.count
            guard size >= target || index == documents.count - 1 else { continue }
            ranges.append(start..<index + 1)
            (start, size) = (index + 1, 0)
        }
    }
}
