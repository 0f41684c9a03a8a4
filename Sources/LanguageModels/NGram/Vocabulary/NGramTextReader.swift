import Compute
import Synchronization

/// Reads white-space separated text, a sentence a line, as `lmplz` does: words end at NUL, tab,
/// carriage return and space.
///
/// Workers take blocks of whole lines and number the words that they meet on their own; words get
/// ids in the order of their first appearance in the text afterwards, so that no id depends on how
/// threads shared the text. A last line that no line feed ends is a sentence too (`lmplz` takes its
/// words but not its end).
struct NGramTextReader {
    /// What was read: id 0 is the boundary, 1 `<unk>`, then come the words.
    struct Text {
        var pieces: [NGramCorpus.Piece]
        var words: NGramWordTable
        var sentenceCount: Int
    }

    /// The next bytes of the text, at most so many; none at its end.
    typealias Source = (_ count: Int) throws -> [UInt8]

    /// Bytes for one worker at a time.
    private static let blockSize = 1 << 20

    /// Reads a text to its end. `progress` gets how many bytes have been read, on one thread at a
    /// time.
    static func read(
        _ source: Source, skipsReservedWords: Bool, pool: WorkerPool, progress: (Int) -> Void
    ) throws -> Text {
        let queue = NGramTextQueue()
        let workers = (0..<pool.count).map { _ in
            NGramTextWorker(skipsReservedWords: skipsReservedWords)
        }
        pool.perform(tasks: pool.count) { task, _ in
            while let block = queue.next(blockSize, source, progress) {
                if !workers[task].read(block) {
                    queue.stop()
                    return
                }
            }
        }
        try queue.check()
        return try merged(workers)
    }

    private static func merged(_ workers: [NGramTextWorker]) throws(NGramError) -> Text {
        let blocks = workers.indices.flatMap { worker in
            workers[worker].blocks.map { (worker: worker, block: $0) }
        }.sorted { $0.block.index < $1.block.index }
        var words = NGramWordTable()
        _ = words.intern(NGramVocabulary.endSpelling)
        _ = words.intern(NGramVocabulary.unknownSpelling)
        // `<s>` is never met; every other word gets its id below.
        var ids = workers.map {
            [0, 1, 0] + Array(repeating: UInt32(0), count: $0.words.count - 3)
        }
        var lines = 0
        for (worker, block) in blocks {
            if let reserved = block.reserved {
                throw NGramError(
                    .reservedWord(
                        line: lines + reserved.line,
                        word: String(decoding: workers[worker].words[reserved.word], as: UTF8.self)
                    ))
            }
            for number in block.newWords {
                ids[worker][number] = words.intern(workers[worker].words[number])
            }
            lines += block.lineCount
        }
        guard words.count < Int(UInt32.max) else {
            throw NGramError(.tooLarge(what: "words", limit: Int(UInt32.max) - 1))
        }
        return Text(
            pieces: blocks.map {
                NGramCorpus.Piece(
                    tokens: $0.block.tokens, ids: ids[$0.worker],
                    cutMark: NGramCorpus.cutMark(vocabularyCount: words.count))
            },
            words: words, sentenceCount: lines)
    }
}

/// Hands out a text in blocks of whole lines.
private final class NGramTextQueue: Sendable {
    struct Block {
        var index: Int
        /// Whole lines, then ``padding`` NULs.
        var bytes: [UInt8]
    }

    private struct State: Sendable {
        var next = 0
        var byteCount = 0
        /// The beginning of a line that the next block ends.
        var rest: [UInt8] = []
        var isAtEnd = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    func next(
        _ size: Int, _ source: NGramTextReader.Source, _ progress: (Int) -> Void
    ) -> Block? {
        state.withLock { state in
            guard !state.isAtEnd else { return nil }
            var bytes = state.rest
            do {
                while true {
                    let more = try source(size)
                    state.byteCount += more.count
                    if more.isEmpty {
                        state.isAtEnd = true
                        if bytes.isEmpty { return nil }
                        if bytes.last != 0x0A { bytes.append(0x0A) }
                        break
                    }
                    bytes.reserveCapacity(bytes.count + more.count + NGramTextWorker.padding)
                    if let end = more.lastIndex(of: 0x0A) {
                        bytes += more[...end]
                        state.rest = Array(more[(end + 1)...])
                        break
                    }
                    bytes += more
                }
            } catch {
                state.isAtEnd = true
                state.failure = error
                return nil
            }
            if state.isAtEnd { state.rest = [] }
            progress(state.byteCount)
            bytes.append(contentsOf: repeatElement(0, count: NGramTextWorker.padding))
            state.next += 1
            return Block(index: state.next - 1, bytes: bytes)
        }
    }

    func stop() { state.withLock { $0.isAtEnd = true } }

    func check() throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}

/// One worker's words, and the blocks that it has read.
private final class NGramTextWorker {
    struct Block {
        var index: Int
        var tokens: [UInt32]
        /// The words that no block of this worker had before.
        var newWords: Range<Int>
        var lineCount: Int
        /// A word that may not stand in a text, and its line, from 1.
        var reserved: (word: Int, line: Int)?
    }

    /// NULs at the end of a block, so that words can be looked at in integers.
    static let padding = 16

    private(set) var words = NGramWordTable()
    private(set) var blocks: [Block] = []
    private let skipsReservedWords: Bool
    /// `</s>`, `<unk>` and `<s>` are the first words.
    private static let reservedCount = 3

    init(skipsReservedWords: Bool) {
        self.skipsReservedWords = skipsReservedWords
        _ = words.intern(NGramVocabulary.endSpelling)
        _ = words.intern(NGramVocabulary.unknownSpelling)
        _ = words.intern(NGramVocabulary.startSpelling)
    }

    /// Reads a block; false if it holds a reserved word.
    func read(_ block: NGramTextQueue.Block) -> Bool {
        let known = words.count
        var lineCount = 0
        var reserved: (word: Int, line: Int)?
        let length = block.bytes.count - Self.padding
        // A word and its separator are two bytes at least, a sentence's end is one.
        let tokens = [UInt32](unsafeUninitializedCapacity: length + 1) { tokens, count in
            block.bytes.withUnsafeBufferPointer { bytes in
                var words = self.words
                self.words = NGramWordTable()
                defer { self.words = words }
                var position = bytes.baseAddress.unsafelyUnwrapped
                let end = position + length
                while position < end {
                    let byte = position[0]
                    if byte <= 0x20, NGramVocabulary.isSeparator(byte) {
                        position += 1
                        guard byte == 0x0A else { continue }
                        tokens[count] = 0
                        count &+= 1
                        lineCount &+= 1
                        continue
                    }
                    let (length, key) = Self.word(at: position)
                    let number = words.intern(position, length, key: key)
                    position += length
                    if number < Self.reservedCount {
                        if skipsReservedWords { continue }
                        reserved = (Int(number), lineCount + 1)
                        return
                    }
                    tokens[count] = number
                    count &+= 1
                }
            }
        }
        blocks.append(
            Block(
                index: block.index, tokens: tokens.withUnsafeBufferPointer { Array($0) },
                newWords: known..<words.count, lineCount: lineCount, reserved: reserved))
        return reserved == nil
    }

    /// The length of the word that begins here, and its key.
    @inline(__always)
    private static func word(at position: UnsafePointer<UInt8>) -> (length: Int, key: UInt64) {
        var length = 0
        while true {
            let bytes = UInt64(
                littleEndian: UnsafeRawPointer(position + length).loadUnaligned(as: UInt64.self))
            // The high bit of the first byte below 0x21, and perhaps of later ones.
            let low = (bytes &- 0x2121_2121_2121_2121) & ~bytes & 0x8080_8080_8080_8080
            if low == 0 {
                length &+= 8
                continue
            }
            length &+= low.trailingZeroBitCount &>> 3
            if NGramVocabulary.isSeparator(position[length]) { break }
            // A control character, which is a letter.
            length &+= 1
        }
        return (length, NGramWordTable.key(of: position, length))
    }
}
