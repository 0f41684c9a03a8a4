import CKernels

/// Walks through a stream of events at several positions at once, so that while one waits for
/// memory the others work.
///
/// Each lane has a part of the stream and goes through it event by event in small steps, every one
/// of which asks for the memory that its next one needs. What a lane computes is what
/// ``NGramTables/step(_:from:)`` does, bit for bit.
struct NGramScoringLanes {
    /// What a lane does next.
    private enum Step {
        /// Find the block of the context.
        case block
        /// Search it for the token; if in vain, go on at the shorter context.
        case search
        /// Take the probability and go to the context of the next event.
        case take
    }

    private struct Lane {
        var position: Int
        var end: Int
        var step = Step.block
        var context: Int
        var weight = 1.0
        var block = 0..<0
        var node = 0
    }

    private static let count = 12

    private let tables: NGramTables
    private let longestContext: Int

    init(_ tables: NGramTables, order: Int) {
        self.tables = tables
        longestContext = order - 1
    }

    /// The probability of every event of a stream, the boundary being the last event of each
    /// document.
    ///
    /// - Parameters:
    ///   - events: Tokens below the vocabulary count. The first one begins a document.
    ///   - probabilities: As many as events.
    func score(
        _ events: UnsafeBufferPointer<UInt32>, _ probabilities: UnsafeMutableBufferPointer<Double>
    ) {
        guard !events.isEmpty else { return }
        withUnsafeTemporaryAllocation(of: Lane.self, capacity: Self.count) { lanes in
            var active = 0
            for index in 0..<Self.count {
                let begin = events.count * index / Self.count
                let end = events.count * (index + 1) / Self.count
                guard begin < end else { continue }
                lanes.initializeElement(
                    at: active, to: Lane(position: begin, end: end, context: state(events, begin)))
                active += 1
            }
            while active > 0 {
                var index = 0
                while index < active {
                    if advance(&lanes[index], events, probabilities) {
                        index &+= 1
                    } else {
                        active -= 1
                        lanes[index] = lanes[active]
                    }
                }
            }
        }
    }

    /// The context of the event at `position`, which depends on no more events than the longest
    /// context holds.
    private func state(_ events: UnsafeBufferPointer<UInt32>, _ position: Int) -> Int {
        let begin = max(0, position - longestContext)
        var state = begin == 0 ? tables.startState : 0
        for offset in begin..<position { state = tables.step(events[offset], from: state).next }
        return state
    }

    /// One step of a lane; false when it has come to its end.
    @inline(__always)
    private func advance(
        _ lane: inout Lane, _ events: UnsafeBufferPointer<UInt32>,
        _ probabilities: UnsafeMutableBufferPointer<Double>
    ) -> Bool {
        switch lane.step {
        case .block:
            lane.block = tables.successors(of: lane.context)
            tables.tokens.prefetch(lane.block.lowerBound &+ lane.block.count / 2)
            tables.suffixes.prefetch(lane.context)
            tables.backOffs.prefetch(lane.context)
            lane.step = .search
        case .search:
            let token = events[lane.position]
            let found =
                lane.context == 0 ? 1 &+ Int(token) : tables.tokens.search(token, in: lane.block)
            if let found {
                lane.node = found
                tables.probabilities.prefetch(found)
                if found < tables.contextCount {
                    tables.childBegin.prefetch(found)
                } else {
                    tables.suffixes.prefetch(found)
                }
                lane.step = .take
            } else {
                lane.weight *= tables.backOffs[lane.context]
                lane.context = Int(tables.suffixes[lane.context])
                tables.childBegin.prefetch(lane.context)
                lane.step = .block
            }
        case .take:
            let token = events[lane.position]
            probabilities[lane.position] = lane.weight * tables.probabilities[lane.node]
            lane.context =
                token == tables.boundary ? tables.startState : tables.state(at: lane.node)
            tables.childBegin.prefetch(lane.context)
            lane.weight = 1
            lane.step = .block
            lane.position &+= 1
            return lane.position < lane.end
        }
        return true
    }
}

extension UnsafeBufferPointer {
    /// Asks for the memory of an element.
    @inline(__always)
    func prefetch(_ index: Int) {
        if let baseAddress { ck_prefetch(baseAddress + index) }
    }
}
