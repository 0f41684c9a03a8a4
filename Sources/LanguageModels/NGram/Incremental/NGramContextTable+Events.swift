/// One event, a token after a history, in all its n-grams: from the longest history to the empty one.
extension NGramContextTable {
    /// Adds an event and returns the context that it leaves behind.
    ///
    /// Under Kneser-Ney the n-gram with the whole history counts as often as it occurs: it is of the highest order, or
    /// begins a document. A shorter one counts the longer ones that it ends, so that it changes only when such a one
    /// is new.
    ///
    /// - Parameter start: The context after the event, if it ends a document.
    @inline(__always)
    mutating func add(
        _ token: UInt32, after state: UInt32, copies: UInt32, _ configuration: NGramConfiguration,
        boundary start: UInt32?
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
