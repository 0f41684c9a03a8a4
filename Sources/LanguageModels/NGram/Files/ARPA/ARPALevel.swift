import Compute

/// The n-grams of one length, two words at least, as an ARPA file lists them.
struct ARPALevel {
    let length: Int
    /// The ids of each n-gram, one after the other.
    private(set) var tokens: [UInt32]
    /// Of each n-gram; not a number where it is not listed but implied by a longer one.
    private(set) var probabilities: [Double]
    private(set) var backOffs: [Double]
    /// Whether some are not in the file.
    private(set) var hasImplied = false
    /// The part of the file.
    let section: Range<Int>

    var count: Int { probabilities.count }

    /// Reads the lines of a section, in parts over all workers.
    init(
        _ section: Range<Int>, length: Int, order: Int, promised: Int, vocabulary: NGramVocabulary,
        _ bytes: UnsafeBufferPointer<UInt8>, pool: WorkerPool
    ) throws(ARPAProblem) {
        self.length = length
        self.section = section
        let parts = ARPALines.parts(of: section, size: 1 << 19, bytes)
        let counts = pool.map(parts.count) { ARPALines(bytes, parts[$0]).count() }
        let count = counts.reduce(0, +)
        try Self.require(count, promised, length: length, section)
        var begins = [0]
        for count in counts { begins.append(begins[begins.count - 1] + count) }
        var tokens = [UInt32](repeating: 0, count: count * length)
        var probabilities = [Double](repeating: 0, count: count)
        var backOffs = [Double](repeating: 1, count: length < order ? count : 0)
        let isContext = length < order
        let problems = tokens.withUnsafeMutableBufferPointer { tokens in
            probabilities.withUnsafeMutableBufferPointer { probabilities in
                backOffs.withUnsafeMutableBufferPointer { backOffs in
                    pool.map(parts.count) { part -> ARPAProblem? in
                        do throws(ARPAProblem) {
                            var lines = ARPALines(bytes, parts[part])
                            var index = begins[part]
                            while let line = lines.next() {
                                var cursor = ARPACursor(bytes, line)
                                probabilities[index] = try cursor.probability(line)
                                try cursor.words(
                                    into: UnsafeMutableBufferPointer(
                                        rebasing: tokens[index * length..<(index + 1) * length]),
                                    line, vocabulary, bytes)
                                let backOff = try cursor.backOff(line, isContext: isContext)
                                if isContext { backOffs[index] = backOff }
                                index += 1
                            }
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
            }
        }
        if let problem = problems.lazy.compactMap({ $0 }).first { throw problem }
        self.tokens = tokens
        self.probabilities = probabilities
        self.backOffs = backOffs
    }

    static func require(
        _ found: Int, _ promised: Int, length: Int, _ section: Range<Int>
    ) throws(ARPAProblem) {
        guard found == promised else {
            throw ARPAProblem(
                section.lowerBound - 1,
                "begins \(found) \(length)-grams where the head promises \(promised)")
        }
    }

    /// The n-gram's ids.
    func ngram(_ index: Int) -> ArraySlice<UInt32> {
        tokens[index * length..<(index + 1) * length]
    }

    /// Adds n-grams that the file does not list, each once, because longer ones need them.
    mutating func imply(_ ngrams: [[UInt32]]) {
        hasImplied = hasImplied || !ngrams.isEmpty
        for ngram in ngrams {
            tokens += ngram
            probabilities.append(.nan)
            backOffs.append(1)
        }
    }

    /// Where in the file an n-gram stands.
    func position(of index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var lines = ARPALines(bytes, section)
        for _ in 0..<index { _ = lines.next() }
        return lines.next()?.lowerBound ?? section.lowerBound
    }
}

extension ARPACursor {
    /// The words of an n-gram as ids.
    @inline(__always)
    fileprivate mutating func words(
        into tokens: UnsafeMutableBufferPointer<UInt32>, _ line: Range<Int>,
        _ vocabulary: NGramVocabulary, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(ARPAProblem) {
        let last = tokens.count - 1
        for position in tokens.indices {
            guard let word = word() else {
                throw ARPAProblem(
                    line.lowerBound, "has \(position) words where \(tokens.count) belong")
            }
            guard let token = vocabulary.id(of: bytes.span, word) else {
                let spelling = String(decoding: bytes[word], as: UTF8.self)
                if spelling == "<UNK>", let unknown = vocabulary.unknown {
                    tokens[position] = unknown
                    continue
                }
                throw ARPAProblem(
                    line.lowerBound, "has the word \"\(spelling)\", which is not among the 1-grams")
            }
            tokens[position] = token
            // `<s>` has three letters, `</s>` four.
            let isWrong = word.count == 3 ? position > 0 : position < last
            if token == vocabulary.boundary, isWrong {
                throw ARPAProblem(
                    line.lowerBound,
                    word.count == 3
                        ? "has <s> after its first word" : "has </s> before its last word")
            }
        }
    }
}

extension WorkerPool {
    /// The results of `tasks` pieces of work in their order.
    func map<Result>(_ tasks: Int, _ body: (Int) -> Result) -> [Result] {
        [Result](unsafeUninitializedCapacity: tasks) { results, count in
            perform(tasks: tasks) { task, _ in
                results.initializeElement(at: task, to: body(task))
            }
            count = tasks
        }
    }
}
