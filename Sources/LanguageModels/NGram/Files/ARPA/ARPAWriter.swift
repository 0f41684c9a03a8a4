import Compute
import Support

/// Writes the lines of an ARPA file: workers format blocks of n-grams, which leave in order.
///
/// The boundary is written as `<s>` where it is context and as `</s>` where it is the event.
struct ARPAWriter: ~Copyable {
    /// Takes the next bytes; called by one thread at a time, and no more after a throw.
    typealias Sink<Failure: Error> = (UnsafeRawBufferPointer) throws(Failure) -> Void
    /// The probabilities of the successors of some contexts, the first one's first, and their
    /// back-off weights unless they have the highest order; valid until the same worker asks again.
    typealias Values = (
        _ contexts: Range<Int>, _ nodes: Range<Int>, _ worker: Int
    ) -> (probabilities: UnsafePointer<Double>, backOffs: UnsafePointer<Double>?)

    private let boundary: UInt32
    private let levelBegin: [Int]
    private let tokens: UnsafePointer<UInt32>
    private let childBegin: UnsafePointer<UInt32>
    private let marks: SharedBuffer<UInt8>?
    private let words: ARPAWords
    private let pool: WorkerPool
    private let turnstile = Turnstile()

    /// N-grams for one worker at a time.
    static let blockSize = 1 << 13

    /// A writer for the n-grams of columns as in ``NGramTrie``, which must stay valid. `marks` are
    /// 1 for n-grams that are left out; see ``NGramCountPruning``.
    init(
        boundary: UInt32, levelBegin: [Int], tokens: UnsafePointer<UInt32>,
        childBegin: UnsafePointer<UInt32>, marks: SharedBuffer<UInt8>?,
        words: consuming ARPAWords, pool: WorkerPool
    ) {
        self.boundary = boundary
        self.levelBegin = levelBegin
        self.tokens = tokens
        self.childBegin = childBegin
        self.marks = marks
        self.words = words
        self.pool = pool
    }

    private var order: Int { levelBegin.count - 2 }

    /// How many n-grams of each length are written. One unigram more: the boundary stands there
    /// twice.
    private var counts: [Int] {
        (1...order).map { length in
            let level = levelBegin[length]..<levelBegin[length + 1]
            let left = marks.map { marks in level.reduce(0) { $0 + Int(marks.base[$1]) } } ?? 0
            return level.count - left + (length == 1 ? 1 : 0)
        }
    }

    func writeHeader<Failure>(_ sink: Sink<Failure>) throws(Failure) {
        var text = "\\data\\\n"
        for (index, count) in counts.enumerated() { text += "ngram \(index + 1)=\(count)\n" }
        try Self.write(text, sink)
    }

    func writeEnd<Failure>(_ sink: Sink<Failure>) throws(Failure) {
        try Self.write("\n\\end\\\n", sink)
    }

    private static func write<Failure>(
        _ text: String, _ sink: Sink<Failure>
    ) throws(Failure) {
        let bytes = NGramColumn(Array(text.utf8))
        try sink(UnsafeRawBufferPointer(bytes.elements))
        withExtendedLifetime(bytes) {}
    }

    /// Writes all n-grams of one length.
    func writeLevel<Failure>(
        _ length: Int, values: Values, sink: Sink<Failure>
    ) throws(Failure) {
        try Self.write("\n\\\(length)-grams:\n", sink)
        let blocks = blocks(length)
        let owners = (0..<pool.count).map { _ in ARPATextOwner(length: length) }
        var failure: Failure?
        turnstile.reset()
        pool.perform(tasks: blocks.count) { block, worker in
            let contexts = blocks[block]
            let nodes =
                Int(childBegin[contexts.lowerBound])..<Int(childBegin[contexts.upperBound])
            let (probabilities, backOffs) = values(contexts, nodes, worker)
            owners[worker].withText { lines in
                append(contexts, nodes, length, probabilities, backOffs, to: &lines)
                turnstile.wait(for: block)
                if failure == nil {
                    do throws(Failure) { try sink(lines.text.bytes) } catch { failure = error }
                }
                turnstile.pass(block)
            }
        }
        if let failure { throw failure }
    }

    /// Contexts whose successors are about one block each.
    private func blocks(_ length: Int) -> [Range<Int>] {
        let contexts = levelBegin[length - 1]..<levelBegin[length]
        var blocks: [Range<Int>] = []
        var begin = contexts.lowerBound
        while begin < contexts.upperBound {
            let end = min(
                contexts.upperBound,
                max(
                    begin + 1,
                    parent(of: Int(childBegin[begin]) + Self.blockSize, in: contexts)))
            blocks.append(begin..<end)
            begin = end
        }
        return blocks
    }

    /// The context that a node follows; the last one for nodes beyond.
    private func parent(of node: Int, in contexts: Range<Int>) -> Int {
        contexts.dropFirst().partitioningIndex { Int(childBegin[$0]) > node } - 1
    }

    private func append(
        _ contexts: Range<Int>, _ nodes: Range<Int>, _ length: Int,
        _ probabilities: UnsafePointer<Double>, _ backOffs: UnsafePointer<Double>?,
        to lines: inout ARPAText
    ) {
        lines.begin()
        if length == 1 {
            let start = nodes.lowerBound + Int(boundary)
            lines.append(
                1, backOff: backOffs.map { $0[Int(boundary)] }, word: endWord + 1, words)
            for node in nodes where marks?.base[node] != 1 {
                let position = node - nodes.lowerBound
                // `</s>` is no context; the boundary's weight stands beside `<s>`.
                let backOff =
                    node == start ? backOffs.map { _ in 1 } : backOffs.map { $0[position] }
                lines.append(
                    probabilities[position], backOff: backOff, word: Int(tokens[node]), words)
            }
            return
        }
        // The node of each proper prefix of the n-grams at hand; all of them only move forward.
        var path = Array(repeating: contexts.lowerBound, count: length)
        for depth in (1..<length - 1).reversed() {
            path[depth] = parent(
                of: path[depth + 1], in: levelBegin[depth]..<levelBegin[depth + 1])
        }
        var changed = 1
        for context in contexts {
            let block = Int(childBegin[context])..<Int(childBegin[context + 1])
            if block.isEmpty { continue }
            path[length - 1] = context
            var depth = length - 1
            while depth > 1, Int(childBegin[path[depth - 1] + 1]) <= path[depth] {
                depth -= 1
                while Int(childBegin[path[depth] + 1]) <= path[depth + 1] { path[depth] += 1 }
            }
            changed = min(changed, depth)
            lines.keepPrefix(of: changed - 1)
            for depth in changed..<length {
                let token = tokens[path[depth]]
                lines.extendPrefix(
                    to: depth, by: token == boundary ? endWord + 1 : Int(token), words)
            }
            changed = length - 1
            for node in block where marks?.base[node] != 1 {
                let position = node &- nodes.lowerBound
                lines.append(
                    probabilities[position], backOff: backOffs.map { $0[position] },
                    word: Int(tokens[node]), words)
            }
        }
    }

    /// The last id; the slot after it spells `<s>`.
    private var endWord: Int { levelBegin[2] - levelBegin[1] - 1 }
}
