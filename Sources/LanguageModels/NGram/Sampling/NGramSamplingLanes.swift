import Compute

/// Writes several documents at once, so that while one waits for memory the others go on.
///
/// A lane goes through its document in small steps, every one of which asks for the memory that its
/// next one needs. A document depends on its own random stream alone, so it is the same however
/// many lanes there are.
struct NGramSamplingLanes<Rule: NGramDrawRule> {
    /// What a lane does next.
    private enum Step {
        /// Begin a token, or another try at it, at the longest context.
        case begin
        /// Find the block of the context.
        case block
        /// Let the context decide.
        case draw
        /// Take the token of the node that was drawn.
        case token
        /// Look for the longest context that lists the token.
        case position
        /// Go to the context of the next token.
        case settle
    }

    private struct Lane {
        var document: Int
        var random: RandomStream
        var step = Step.begin
        /// The history's context, how long that is, and how long the history is.
        var state: Int
        var length: Int
        var depth: Int
        /// The context that decides or, once there is a token, that may list it; and the length of
        /// the former.
        var context: Int
        var contextLength = 0
        var block = 0..<0
        var token: UInt32 = 0
        var node = 0
        /// The context that the token was drawn from.
        var source = 0
        /// Contexts on the way that keep their tokens to themselves, the longest first, and how
        /// many there are.
        var refusing = SIMD8<UInt32>.zero
        var refusingCount = 0
        var refusals = 0
        var tries = 0
    }

    /// How often a token that may not be drawn is drawn again before a full distribution is asked.
    private static var patience: Int { 64 }
    private static var laneCount: Int { 12 }

    private let sampler: NGramSampler
    private let tables: NGramTables
    private let rule: Rule
    private let key: RandomKey
    private let limit: Int
    private let full: NGramFullDraw
    private var truncation: NGramTruncation?
    /// The most probable token after states that were met before.
    private var greedy: [Int: UInt32] = [:]

    /// The documents and how many of their tokens are their prompts.
    private var texts: [[UInt32]] = []
    private var promptLengths: [Int] = []
    private var first = 0

    init(
        _ sampler: NGramSampler, _ tables: NGramTables, _ rule: Rule, key: RandomKey, limit: Int
    ) {
        self.sampler = sampler
        self.tables = tables
        self.rule = rule
        self.key = key
        self.limit = limit
        full = NGramFullDraw(model: sampler.model, options: sampler.options)
        truncation = sampler.ranking.map { NGramTruncation($0, sampler.options, tables) }
    }

    /// Writes documents.
    consuming func run(_ documents: Range<Int>) -> NGramSampler.Documents {
        first = documents.lowerBound
        texts = Array(repeating: [], count: documents.count)
        promptLengths = Array(repeating: 0, count: documents.count)
        var waiting = documents
        withUnsafeTemporaryAllocation(of: Lane.self, capacity: Self.laneCount) { lanes in
            var active = 0
            while active < Self.laneCount, let lane = next(&waiting) {
                lanes.initializeElement(at: active, to: lane)
                active += 1
            }
            while active > 0 {
                var index = 0
                while index < active {
                    if advance(&lanes[index]) {
                        index &+= 1
                    } else if let lane = next(&waiting) {
                        lanes[index] = lane
                    } else {
                        active -= 1
                        lanes[index] = lanes[active]
                    }
                }
            }
        }
        return NGramSampler.Documents(texts: texts, promptLengths: promptLengths)
    }

    /// The next document that is not full with its prompt.
    private mutating func next(_ waiting: inout Range<Int>) -> Lane? {
        while let document = waiting.popFirst() {
            var state = tables.startState
            let longest = sampler.model.order - 1
            var depth = min(1, longest)
            let prompts = sampler.options.prompts
            if !prompts.isEmpty {
                for token in prompts[document % prompts.count] {
                    state = tables.next(token, from: state)
                    depth = min(depth + 1, longest)
                    if sampler.options.includesPrompt, texts[document - first].count < limit {
                        texts[document - first].append(token)
                    }
                }
                promptLengths[document - first] = texts[document - first].count
            }
            guard texts[document - first].count < limit else { continue }
            return Lane(
                document: document, random: RandomStream(key.at(document)), state: state,
                length: sampler.length(of: state), depth: depth, context: state)
        }
        return nil
    }

    /// One step of a lane; false when its document is complete.
    @inline(__always)
    private mutating func advance(_ lane: inout Lane) -> Bool {
        switch lane.step {
        case .begin:
            lane.context = lane.state
            lane.contextLength = lane.length
            lane.refusingCount = 0
            lane.refusals = 0
            lane.tries &+= 1
            if sampler.drawsInFull || lane.tries > Self.patience {
                return drawInFull(&lane)
            }
            if sampler.model.isAdditive,
                !sampler.model.isContinued(lane.state, depth: lane.depth)
            {
                return drawAlike(&lane)
            }
            openBlock(&lane)
        case .block:
            openBlock(&lane)
        case .draw:
            if let node = rule.draw(
                lane.context, lane.block, length: lane.contextLength, &lane.random)
            {
                lane.node = node
                lane.source = lane.context
                tables.tokens.prefetch(node)
                lane.step = .token
            } else if lane.context == 0 || sampler.model.isAdditive {
                return drawAlike(&lane)
            } else {
                if rule.refuses(lane.context) {
                    lane.refusing[lane.refusingCount] = UInt32(truncatingIfNeeded: lane.context)
                    lane.refusingCount &+= 1
                }
                shorten(&lane)
            }
        case .token:
            lane.token = tables.tokens[lane.node]
            return take(&lane)
        case .position:
            if let node = tables.successor(of: lane.context, token: lane.token) {
                found(node, &lane)
            } else {
                lane.context = Int(tables.suffixes[lane.context])
                look(&lane)
            }
        case .settle:
            lane.state = tables.state(at: lane.node)
            lane.length = sampler.length(of: lane.state)
            lane.depth = min(lane.depth &+ 1, sampler.model.order &- 1)
            tables.childBegin.prefetch(lane.state)
            lane.tries = 0
            lane.step = .begin
        }
        return true
    }

    /// Finds the block of the context, or passes on where there is none.
    @inline(__always)
    private mutating func openBlock(_ lane: inout Lane) {
        lane.block = tables.successors(of: lane.context)
        guard lane.block.isEmpty else {
            rule.prefetch(lane.context, lane.block)
            tables.suffixes.prefetch(lane.context)
            lane.step = .draw
            return
        }
        shorten(&lane)
    }

    @inline(__always)
    private func shorten(_ lane: inout Lane) {
        lane.context = Int(tables.suffixes[lane.context])
        lane.contextLength &-= 1
        tables.childBegin.prefetch(lane.context)
        lane.step = .block
    }

    /// A draw from all tokens alike.
    private mutating func drawAlike(_ lane: inout Lane) -> Bool {
        lane.token = UInt32(truncatingIfNeeded: lane.random.below(tables.vocabularyCount))
        lane.source = 0
        lane.node = 1 &+ Int(lane.token)
        return take(&lane)
    }

    private mutating func drawInFull(_ lane: inout Lane) -> Bool {
        let isCached = sampler.options.isGreedy && !sampler.model.isAdditive
        if isCached, let token = greedy[lane.state] {
            lane.token = token
        } else {
            lane.token = full.token(from: lane.state, depth: lane.depth, &lane.random)
            if isCached {
                if greedy.count >= 1 << 16 { greedy.removeAll(keepingCapacity: true) }
                greedy[lane.state] = lane.token
            }
        }
        lane.source = 0
        lane.node = 1 &+ Int(lane.token)
        return write(&lane)
    }

    /// Takes a token that was drawn, or draws another.
    @inline(__always)
    private mutating func take(_ lane: inout Lane) -> Bool {
        if lane.refusingCount > 0, isRefused(&lane) { return true }
        if lane.token == sampler.options.forbidden
            || truncation?.keeps(lane.token, after: lane.state) == false
        {
            lane.step = .begin
            return true
        }
        return write(&lane)
    }

    /// Whether a context on the way lists the token: then the draw is repeated from the next
    /// shorter one.
    private mutating func isRefused(_ lane: inout Lane) -> Bool {
        while lane.refusingCount > 0 {
            let refusing = Int(lane.refusing[lane.refusingCount - 1])
            guard tables.successor(of: refusing, token: lane.token) != nil else {
                lane.refusingCount -= 1
                continue
            }
            lane.refusals += 1
            guard lane.refusals > Self.patience else {
                lane.context = refusing
                lane.contextLength = sampler.length(of: refusing)
                shorten(&lane)
                return true
            }
            // So little is left to the others that they are drawn by themselves.
            lane.token = full.token(refusedBy: refusing, &lane.random)
            lane.source = 0
            lane.node = 1 &+ Int(lane.token)
            lane.refusingCount -= 1
        }
        return false
    }

    /// Writes the token; false where that ends the document.
    @inline(__always)
    private mutating func write(_ lane: inout Lane) -> Bool {
        if lane.token == tables.boundary { return false }
        let index = lane.document &- first
        texts[index].append(lane.token)
        guard texts[index].count < limit else { return false }
        lane.context = lane.state
        look(&lane)
        return true
    }

    /// Goes on looking for the token, from the context that it has come to.
    @inline(__always)
    private func look(_ lane: inout Lane) {
        if lane.context == lane.source {
            found(lane.node, &lane)
        } else {
            let block = tables.successors(of: lane.context)
            tables.tokens.prefetch(block.lowerBound &+ block.count / 2)
            lane.step = .position
        }
    }

    @inline(__always)
    private func found(_ node: Int, _ lane: inout Lane) {
        lane.node = node
        if node < tables.contextCount {
            tables.childBegin.prefetch(node)
        } else {
            tables.suffixes.prefetch(node)
        }
        lane.step = .settle
    }
}
