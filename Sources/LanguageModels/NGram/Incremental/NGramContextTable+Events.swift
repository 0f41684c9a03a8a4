import CKernels
import Text

extension NGramContextTable {
    /// A document on its way through the table.
    private struct Lane {
        var document: Int
        var position: Int
        let end: Int
        let copies: UInt32
        var state: UInt32
    }

    /// Calls `body` with every event of the documents that count, each after those before it in its document, and the
    /// context that the one before left behind; `body` returns the context that follows.
    ///
    /// Several documents are on their way at once: while one waits for the memory of its next context and what it
    /// is followed by, the others work. What comes of it does not depend on the order, save for where it lies.
    @inline(__always)
    mutating func forEachEvent(
        of dataset: TokenDataset, _ copies: [Int]?, start: UInt32, boundary: UInt32,
        _ body: (
            _ table: inout NGramContextTable, _ token: UInt32, _ state: UInt32, _ copies: UInt32,
            _ isEnd: Bool
        ) -> UInt32
    ) {
        var document = 0
        func next() -> Lane? {
            while document < dataset.documentCount {
                defer { document += 1 }
                let count = copies?[document] ?? 1
                guard count > 0 else { continue }
                let range = dataset.range(ofDocument: document)
                return Lane(
                    document: document, position: range.lowerBound, end: range.upperBound,
                    copies: UInt32(count), state: start)
            }
            return nil
        }
        var lanes: [Lane] = []
        while lanes.count < 8, let lane = next() { lanes.append(lane) }
        while !lanes.isEmpty {
            for lane in lanes { prefetchSuccessors(of: lane.state) }
            for lane in lanes { prefetchSuccessors(of: self[lane.state].pointee.suffix) }
            var index = 0
            while index < lanes.count {
                let lane = lanes[index]
                let isEnd = lane.position == lane.end
                let state = body(
                    &self, isEnd ? boundary : dataset.tokens[lane.position], lane.state,
                    lane.copies, isEnd)
                if !isEnd {
                    ck_prefetch(self[state])
                    lanes[index].state = state
                    lanes[index].position += 1
                    index += 1
                } else if let next = next() {
                    lanes[index] = next
                    index += 1
                } else {
                    lanes.swapAt(index, lanes.count - 1)
                    lanes.removeLast()
                }
            }
        }
    }

    /// Asks for the memory of a context's successors, if it has one leaf, and for the next shorter context.
    @inline(__always)
    func prefetchSuccessors(of number: UInt32) {
        let context = self[number]
        if !context.pointee.isLarge { ck_prefetch(leaf(context.pointee.place)) }
        ck_prefetch(self[context.pointee.suffix])
    }

    // One event, a token after a history, in all its n-grams: from the longest history to the empty one.

    /// Adds an event.
    ///
    /// Under Kneser-Ney the n-gram with the whole history counts as often as it occurs: it is of the highest order, or
    /// begins a document. A shorter one counts the longer ones that it ends, so that it changes only when such a one
    /// is new.
    ///
    /// With `start`, the context of a first token, it ends a document. What comes back is the context after the event.
    @inline(__always)
    mutating func add(
        _ token: UInt32, after state: UInt32, copies: UInt32, _ configuration: NGramConfiguration,
        start: UInt32?
    ) -> UInt32 {
        let countsTypes = configuration.smoothing == .modifiedKneserNey
        let longest = UInt32(configuration.order - 1)
        var amount = copies
        var context = self[state]
        var whole: UnsafeMutablePointer<NGramSuccessor>?
        // What is new and waits for the context of the next shorter n-gram: one of the highest order leaves it behind,
        // and a context has it as suffix.
        var newest: UnsafeMutablePointer<NGramSuccessor>?
        var newContext: UnsafeMutablePointer<Context>?
        while true {
            let (place, isPresent) = find(token, in: context)
            let (length, shorter) = (context.pointee.length, context.pointee.suffix)
            var successor = place.successor
            if isPresent {
                setCount(successor.pointee.count + amount, at: place)
            } else {
                let isContext = start == nil && length < longest
                successor = insert(
                    NGramSuccessor(
                        token: token, count: amount,
                        next: isContext
                            ? append(suffix: Self.root, length: length + 1) : start ?? Self.root),
                    at: place)
            }
            let next = successor.pointee.next
            newest?.pointee.next = next
            newContext?.pointee.suffix = next
            (newest, newContext) = (nil, nil)
            whole = whole ?? successor
            if length == 0 || (countsTypes && isPresent) { break }
            if !isPresent, start == nil {
                if length == longest { newest = successor } else { newContext = self[next] }
            }
            if countsTypes { amount = 1 }
            context = self[shorter]
        }
        return whole?.pointee.next ?? Self.root
    }

    /// Removes an event that is there and returns the context that it leaves behind.
    @inline(__always)
    mutating func remove(
        _ token: UInt32, after state: UInt32, copies: UInt32, _ configuration: NGramConfiguration
    ) -> UInt32 {
        let countsTypes = configuration.smoothing == .modifiedKneserNey
        var amount = copies
        var number = state
        var next: UInt32?
        while true {
            let context = self[number]
            let (place, isPresent) = find(token, in: context)
            precondition(isPresent, "token \(token) was never added after context \(number)")
            next = next ?? place.successor.pointee.next
            let (length, shorter) = (context.pointee.length, context.pointee.suffix)
            let count = place.successor.pointee.count - amount
            if count > 0 {
                setCount(count, at: place)
                if countsTypes { break }
            } else {
                remove(at: place)
                // Nothing goes there any more: all n-grams that end in this context are gone. The empty history and
                // the start of documents stay.
                if context.pointee.total == 0, number > 1 { remove(number) }
                if countsTypes { amount = 1 }
            }
            if length == 0 { break }
            number = shorter
        }
        return next ?? Self.root
    }
}
