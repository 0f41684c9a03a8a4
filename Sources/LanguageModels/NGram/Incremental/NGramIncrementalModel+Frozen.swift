import CKernels
package import Compute

extension NGramIncrementalModel {
    /// Makes the model that would be trained on the documents held: for files and for comparison.
    ///
    /// - Parameter pool: Who works; `nil` for this thread alone. The model does not depend on it.
    /// - Returns: A model equal, bit for bit, to the trained one.
    /// - Throws: If the model holds no documents.
    /// - Complexity: O(n-grams + vocabulary).
    package func frozen(pool: WorkerPool? = nil) throws(NGramError) -> NGramModel {
        guard eventCount > 0 else { throw NGramError(.noData) }
        let pool = pool ?? WorkerPool(count: 1)
        var levelBegin = [0, 1, 1 + vocabularyCount]
        for length in 2..<max(order + 1, 2) {
            levelBegin.append((levelBegin.last ?? 0) + table.types[length])
        }
        var counts = NGramCounts<UInt32>(
            vocabularyCount: vocabularyCount, boundary: boundary, levelBegin: levelBegin)
        counts.placeSuffixes(in: Buffer<UInt32>(uninitialized: counts.nodeCount))
        let freezer = NGramFreezer(
            boundary: boundary, nodes: Buffer(uninitialized: table.contextLimit))
        var contexts = freezer.fillUnigrams(counts, from: table)
        for length in 1..<max(order, 1) {
            contexts = freezer.fillLevel(
                below: contexts, length: length, counts, from: table, pool: pool)
        }
        let (trie, cumulative) = counts.columns()
        return NGramModel(
            configuration: configuration, trie: trie, cumulative: cumulative,
            discounts: discounts, pool: pool)
    }
}

/// Lays the n-grams of a table out as the nodes of a trie, level by level.
///
/// A context's memory lies where it was first met; so each loop asks for it some turns ahead.
private struct NGramFreezer: ~Copyable {
    let boundary: UInt32
    /// The node of each context, as far as the levels are filled.
    let nodes: Buffer<UInt32>

    private static let lead = 12

    /// Fills the unigrams and returns their contexts: the root for those that nothing follows.
    func fillUnigrams(
        _ counts: borrowing NGramCounts<UInt32>, from table: borrowing NGramContextTable
    ) -> Buffer<UInt32> {
        let level = counts.level(1)
        let contexts = Buffer<UInt32>(count: level.count)
        let column = counts.counts.base + level.lowerBound
        column.update(repeating: 0, count: level.count)
        nodes.base[Int(NGramContextTable.root)] = 0
        table.forEachLeaf(of: table[NGramContextTable.root]) { leaf in
            for successor in leaf {
                let token = Int(successor.token)
                column[token] = successor.count
                contexts.base[token] = successor.next
                nodes.base[Int(successor.next)] = UInt32(level.lowerBound + token)
            }
        }
        for token in 1..<max(level.count, 1) { column[token] += column[token - 1] }
        return contexts
    }

    /// Fills the level below `contexts`, which have `length` tokens, and returns the contexts of its n-grams: the root for
    /// those that nothing follows.
    func fillLevel(
        below contexts: borrowing Buffer<UInt32>, length: Int,
        _ counts: borrowing NGramCounts<UInt32>, from table: borrowing NGramContextTable,
        pool: WorkerPool
    ) -> Buffer<UInt32> {
        let (parents, level) = (counts.level(length), counts.level(length + 1))
        let following = Buffer<UInt32>(uninitialized: level.count)
        fillBlocks(of: contexts, parents, counts, from: table)
        let parts = NGramBlocks.even(parents, size: 1 << 13)
        pool.perform(tasks: parts.count) { part, _ in
            fill(
                after: contexts.base - parents.lowerBound, parts[part], counts, from: table,
                following: following.base - level.lowerBound)
        }
        let isHighest = length + 1 == counts.order
        let linked = NGramBlocks.even(level, size: 1 << 15)
        pool.perform(tasks: linked.count) { part, _ in
            link(
                linked[part], following: following.base - level.lowerBound, isHighest: isHighest,
                counts, from: table)
        }
        return following
    }

    /// Where the successors of each parent will lie.
    private func fillBlocks(
        of contexts: borrowing Buffer<UInt32>, _ parents: Range<Int>,
        _ counts: borrowing NGramCounts<UInt32>, from table: borrowing NGramContextTable
    ) {
        var node = UInt32(parents.upperBound)
        for index in 0..<parents.count {
            ck_prefetch(table[contexts.base[min(index + Self.lead, parents.count - 1)]])
            counts.childBegin.base[parents.lowerBound + index] = node
            let context = contexts.base[index]
            if context != NGramContextTable.root { node += table[context].pointee.types }
        }
        counts.childBegin.base[parents.upperBound] = node
    }

    /// Tokens and counts of the successors of `parents`, and the contexts that they leave behind.
    private func fill(
        after contexts: UnsafePointer<UInt32>, _ parents: Range<Int>,
        _ counts: borrowing NGramCounts<UInt32>, from table: borrowing NGramContextTable,
        following: UnsafeMutablePointer<UInt32>
    ) {
        let (tokens, column) = (counts.tokens.base, counts.counts.base)
        let known = UnsafeBufferPointer(start: tokens, count: counts.nodeCount)
        let last = parents.upperBound - 1
        for parent in parents {
            ck_prefetch(table[contexts[min(parent + 2 * Self.lead, last)]])
            table.prefetchSuccessors(of: contexts[min(parent + Self.lead, last)])
            guard contexts[parent] != NGramContextTable.root else { continue }
            var node = Int(counts.childBegin.base[parent])
            var sum: UInt32 = 0
            table.forEachLeaf(of: table[contexts[parent]]) { leaf in
                for successor in leaf {
                    tokens[node] = successor.token
                    sum += successor.count
                    column[node] = sum
                    following[node] = successor.next
                    if successor.token == boundary {
                        // It ends a document and has no context, but its suffix is among the successors of the
                        // parent's suffix, two levels up.
                        let block = counts.successors(of: Int(counts.suffixes.base[parent]))
                        counts.suffixes.base[node] = UInt32(known.search(boundary, in: block) ?? 0)
                        following[node] = NGramContextTable.root
                    }
                    node += 1
                }
            }
        }
    }

    /// The suffixes of n-grams that do not end a document, by the contexts that they leave behind.
    private func link(
        _ level: Range<Int>, following: UnsafePointer<UInt32>, isHighest: Bool,
        _ counts: borrowing NGramCounts<UInt32>, from table: borrowing NGramContextTable
    ) {
        let last = level.upperBound - 1
        for node in level {
            let (ahead, soon) = (
                following[min(node + 2 * Self.lead, last)], following[min(node + Self.lead, last)]
            )
            if isHighest {
                ck_prefetch(nodes.base + Int(soon))
            } else {
                ck_prefetch(table[ahead])
                ck_prefetch(nodes.base + Int(table[soon].pointee.suffix))
            }
            let context = following[node]
            guard context != NGramContextTable.root else { continue }
            if isHighest {
                // The longest context that it leaves behind is its suffix.
                counts.suffixes.base[node] = nodes.base[Int(context)]
            } else {
                counts.suffixes.base[node] = nodes.base[Int(table[context].pointee.suffix)]
                nodes.base[Int(context)] = UInt32(node)
            }
        }
    }
}
