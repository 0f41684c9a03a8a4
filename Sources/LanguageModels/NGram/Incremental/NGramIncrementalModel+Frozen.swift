package import Compute

extension NGramIncrementalModel {
    /// The model that would be trained on the documents held, equal to it bit for bit: for files and for comparison.
    ///
    /// - Parameter pool: Who computes the probabilities; `nil` for this thread alone.
    /// - Throws: If the model holds no documents.
    /// - Complexity: O(n-grams + vocabulary).
    package func frozen(pool: WorkerPool? = nil) throws(NGramError) -> NGramModel {
        guard eventCount > 0 else { throw NGramError(.noData) }
        var levelBegin = [0, 1, 1 + vocabularyCount]
        for length in 2..<max(order + 1, 2) {
            levelBegin.append((levelBegin.last ?? 0) + table.types[length])
        }
        let counts = NGramCounts<UInt32>(
            vocabularyCount: vocabularyCount, boundary: boundary, levelBegin: levelBegin)
        // The context of each node of one level, the root where nothing can follow; and the node of each context.
        var contexts = [NGramContextTable.root]
        let nodes = Buffer<UInt32>(uninitialized: table.contextLimit)
        fillUnigrams(counts, nodes)
        if order > 1 {
            contexts = Array(repeating: NGramContextTable.root, count: vocabularyCount)
            table.forEachLeaf(of: table[NGramContextTable.root]) { leaf in
                for successor in leaf { contexts[Int(successor.token)] = successor.next }
            }
            contexts[Int(boundary)] = startState
        }
        for length in 1..<max(order, 1) {
            contexts = fill(counts, contexts, nodes, length: length)
        }
        let (trie, cumulative) = counts.columns()
        return NGramModel(
            configuration: configuration, trie: trie, cumulative: cumulative,
            discounts: discounts, pool: pool)
    }

    private func fillUnigrams(
        _ counts: borrowing NGramCounts<UInt32>, _ nodes: borrowing Buffer<UInt32>
    ) {
        for node in 1...vocabularyCount { counts.counts.base[node] = 0 }
        table.forEachLeaf(of: table[NGramContextTable.root]) { leaf in
            for successor in leaf {
                let node = 1 + Int(successor.token)
                counts.counts.base[node] = successor.count
                if order > 1, successor.token != boundary {
                    nodes.base[Int(successor.next)] = UInt32(node)
                }
            }
        }
        nodes.base[0] = 0
        if order > 1 { nodes.base[Int(startState)] = 1 + boundary }
        var sum: UInt32 = 0
        for node in 1...vocabularyCount {
            sum += counts.counts.base[node]
            counts.counts.base[node] = sum
        }
    }

    /// Fills the level below `contexts`, those of the nodes with `length` tokens, and returns the contexts of its nodes.
    private func fill(
        _ counts: borrowing NGramCounts<UInt32>, _ contexts: [UInt32],
        _ nodes: borrowing Buffer<UInt32>, length: Int
    ) -> [UInt32] {
        let isHighest = length + 1 == order
        var node = counts.levelBegin[length + 1]
        var parent = counts.levelBegin[length]
        var below: [UInt32] = []
        below.reserveCapacity(isHighest ? 0 : table.types[length + 1])
        let (tokens, suffixes, column) = (
            counts.tokens.base, counts.suffixes.base, counts.counts.base
        )
        let known = UnsafeBufferPointer(start: tokens, count: counts.nodeCount)
        for number in contexts {
            counts.childBegin.base[parent] = UInt32(node)
            defer { parent += 1 }
            guard number != NGramContextTable.root else { continue }
            var sum: UInt32 = 0
            table.forEachLeaf(of: table[number]) { leaf in
                for successor in leaf {
                    tokens[node] = successor.token
                    sum += successor.count
                    column[node] = sum
                    if successor.token == boundary {
                        // No context, but in the block of the parent's suffix, which is on the level above.
                        let block = counts.successors(of: Int(suffixes[parent]))
                        suffixes[node] = UInt32(known.search(boundary, in: block) ?? 0)
                        if !isHighest { below.append(NGramContextTable.root) }
                    } else if isHighest {
                        suffixes[node] = nodes.base[Int(successor.next)]
                    } else {
                        suffixes[node] =
                            nodes.base[Int(table[successor.next].pointee.suffix)]
                        nodes.base[Int(successor.next)] = UInt32(node)
                        below.append(successor.next)
                    }
                    node += 1
                }
            }
        }
        return below
    }
}
